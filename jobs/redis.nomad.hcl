variable "image" {
  type        = string
  description = "Container image of Redis."
  default     = "redis:7"
}

job "redis" {
  type = "service"

  update {
    min_healthy_time = "3s"
    healthy_deadline = "2m"
  }

  group "redis" {
    network {
      port "redis" {
        to = 6379
      }
    }

    service {
      name = "redis"
      port = "redis"

      check {
        type     = "tcp"
        name     = "redis accepts connections"
        interval = "5s"
        timeout  = "2s"
      }
    }

    task "redis" {
      driver = "docker"

      config {
        image = var.image
        ports = ["redis"]
      }

      resources {
        cpu    = 100
        memory = 128
      }
    }
  }
}
