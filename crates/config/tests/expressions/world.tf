variable "secret" { 
  default = "hunter2" 
  sensitive = true 
}
variable "eph" { 
  default = "brief" 
  ephemeral = true 
}
resource "terraform_data" "s" { input = "abc" }
resource "terraform_data" "n" { input = 5 }
resource "terraform_data" "b" { input = true }
resource "terraform_data" "l" { input = tolist(["a","b"]) }
resource "terraform_data" "set" { input = toset(["a","b"]) }
resource "terraform_data" "m" { input = tomap({a="x"}) }
resource "terraform_data" "o" { input = {a="x",n=1} }
resource "terraform_data" "t" { input = ["x",1] }
resource "terraform_data" "lo" { input = tolist([{a="x"}]) }
locals {
  id = terraform_data.s.id
  us = terraform_data.s.output
  un = terraform_data.n.output
  ub = terraform_data.b.output
  ul = terraform_data.l.output
  uset = terraform_data.set.output
  um = terraform_data.m.output
  uo = terraform_data.o.output
  ut = terraform_data.t.output
  ulo = terraform_data.lo.output
  list = tolist(["a","b","c"])
  set = toset(["a","b"])
  map = tomap({a="x",b="y"})
  object = {name="n", count=2, nested={k="v"}}
  nullstr = tostring(null)
}
