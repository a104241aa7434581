variable "port" {
  type        = number
  description = "The host's port on which the game is served."
  default     = 80
}

# Nomad pulls an untagged image (that is, `latest`) from its registry at every start, also when the engine has it.
# A stack whose machines cannot reach that registry sets a tag that `make images` puts on the engine.
variable "image" {
  type        = string
  description = "Container image of the game."
  default     = "alexwhen/docker-2048"
}

job "2048-game" {
  datacenters = ["dc1"]
  type        = "service"

  update {
    min_healthy_time = "3s"
    healthy_deadline = "2m"
  }

  group "game" {
    network {
      port "http" {
        static = var.port
        to     = 80
      }
    }

    service {
      name = "2048-game"
      port = "http"

      check {
        type     = "http"
        name     = "game answers"
        path     = "/"
        interval = "5s"
        timeout  = "2s"
      }
    }

    task "2048" {
      driver = "docker"

      config {
        image = var.image
        ports = ["http"]
      }

      resources {
        cpu    = 500
        memory = 256
      }
    }
  }
}
