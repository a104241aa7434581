# The page behind Fabio's "/": a service on a port that Nomad picks, found by Fabio through its urlprefix- tag.
variable "image" {
  type        = string
  description = "Container image of the web server."
  default     = "nginx:alpine"
}

variable "count" {
  type        = number
  description = "How many instances run."
  default     = 1
}

job "nginx" {
  type = "service"

  update {
    min_healthy_time = "3s"
    healthy_deadline = "2m"
  }

  group "nginx" {
    count = var.count

    network {
      port "http" {
        to = 80
      }
    }

    service {
      name = "service-nginx"
      port = "http"
      tags = ["urlprefix-/"]

      check {
        type     = "http"
        name     = "nginx answers"
        path     = "/"
        interval = "2s"
        timeout  = "2s"
      }
    }

    task "nginx" {
      driver = "docker"

      config {
        image = var.image
        ports = ["http"]
      }

      resources {
        cpu    = 100
        memory = 64
      }
    }
  }
}
