# A task without an image of its own: /bin/sleep of the client's machine, in a chroot.
job "sleep" {
  type = "service"

  update {
    min_healthy_time = "3s"
    healthy_deadline = "2m"
  }

  group "sleep" {
    task "sleep" {
      driver = "exec"

      config {
        command = "/bin/sleep"
        args    = ["1000"]
      }

      resources {
        cpu    = 20
        memory = 16
      }
    }
  }
}
