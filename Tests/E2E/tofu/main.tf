# Every key of the document is declared, as a real configuration does, so that none is ignored with a warning.
variable "node" { type = string }
variable "api_endpoint" { type = string }
variable "api_token" { type = string }
variable "ssh_user" { type = string }
variable "automation_user" { type = string }
variable "ssh_host" { type = string }
variable "datastore" { type = string }
variable "root_password" { type = string }
variable "ssh_keys" { type = list(string) }
variable "spec_server" { type = string }
variable "dns_servers" {
  type    = list(string)
  default = []
}
variable "vms" {
  type = list(object({
    name       = string
    vmid       = number
    cores      = number
    memory     = number
    disk       = number
    image      = optional(string)
    ip         = optional(string, "dhcp")
    gateway    = optional(string)
    bridge     = string
    tags       = optional(list(string), [])
    auth_token = string
  }))
}

resource "terraform_data" "vm" {
  for_each = { for vm in var.vms : vm.name => vm }
  input    = each.value
}

output "names" { value = [for vm in var.vms : vm.name] }
output "cores" { value = { for vm in var.vms : vm.name => vm.cores } }
output "token" {
  value     = var.api_token
  sensitive = true
}
