locals  { 
      doc   =   { 
  b=[ 1  ,2.5, true  , null]
  a="<tag> & \"quote\" \u00e9 / \\ \n"  
	nested   =   {  z ={   }  ,y =[    ]   }  
	  }  
	}
output "json" {
value={
encode=jsonencode(  local.doc  )  
  decode=jsondecode("{\"x\": [1, {\"y\": null}], \"n\": 1.0, \"big\": 12345678901234567890}")
	round =jsondecode(  jsonencode (local.doc )  )  == local.doc  
string =[jsonencode("s"), jsonencode(1.0), jsonencode(null), jsonencode(toset(["b", "a"]))]
	  }  
	}
      output "yaml" {
value   =   {  
      encode=yamlencode({ a = [1, "two", { three = 3 }], b = "multi\nline", c = "yes", d = null, e = "1" })  
      decode   =   yamldecode("a: 1\nb:\n  - x\n  - {y: true}\nc: |\n  text\n  more\nd: ~\n")  
	  } 
}
output "csv" {
      value   =   csvdecode("name,region\norders,us-east-1\n\"pay, ments\",eu-west-1\n")
  } 
  output "base64" {
      value   =   [ 
	base64encode("héllo"), base64decode("aGVsbG8="), base64gzip("") != "", textencodebase64("ab", "UTF-16LE"),
textdecodebase64("YQBiAA==", "UTF-16LE"), urlencode("a b&c=d/é"), base64encode(""),
	]  
 }  
output "hash" {  
  value={
md5=md5("terraform")  
      sha1   =   sha1("terraform")
sha256=sha256("terraform")
  sha512   =   sha512("terraform")  
b256=base64sha256("terraform")  
b512   =   base64sha512("terraform")
      uuidv5   =   [uuidv5("dns", "example.com"), uuidv5("url", "https://example.com/"), uuidv5("6ba7b810-9dad-11d1-80b4-00c04fd430c8", "x")]
file =[filemd5("${path.module}/note.txt"), filesha1("note.txt"), filesha256("note.txt"), filebase64sha256("note.txt"), filebase64sha512("note.txt"), filesha512("note.txt")]  
}
}  
output "file" {  
      value={
  content =file("${path.module}/note.txt")
      b64 =filebase64("note.txt")
exists =[fileexists("note.txt"), fileexists("nope.txt")]
      set   =   fileset(path.module, "*.t*")
      base   =   [basename("a/b/c.txt"), dirname("a/b/c.txt"), pathexpand("/x")]
	template   =   jsondecode(templatefile("${path.module}/policy.json.tftpl", { accounts = ["111111111111", "222222222222"], actions = ["kms:Decrypt", "kms:Encrypt"] }))
raw=templatefile("policy.json.tftpl", { accounts = ["333333333333"], actions = [] })
	} 
	}  
  output "path" {  
value=[path.module ,path.root  ,terraform.workspace ]
} 
  