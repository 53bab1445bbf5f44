locals{
a=<<EOT
  kept   as it is ${ var.x }
    and ${var.y   }
  EOT
bb=<<-EOT
    indented   ${  upper( "x" )  }
      %{if a==b  }yes%{   else}no%{endif}
%{ for k,v in m ~}
  ${k}=${ v }
%{ endfor ~}
    EOT
c=<<E
E
list=[<<A
one
A
,<<-B
  two
  B
]
call=f(<<EOT
text
EOT
)
d={
x=<<-EOT
  $${not} %%{this} "quotes" \n
  ${[
1,
  2
]}
  EOT
y=1
}
last   =  1
}
