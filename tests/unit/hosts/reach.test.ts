import type { SshPlan } from "../../../components/hosts/plan";
import { explainConnection } from "../../../components/hosts/reach";

const ssh: SshPlan = { address: "10.0.0.1", port: 22, user: "ops", agent: false, hostKey: "ssh-ed25519 AAAA" };
const bastion = { address: "198.51.100.1", port: 2222, user: "jump", agent: false };

// The stand-in's wording, the official plugin's, and that of OpenSSH through the Docker plugins.
test.each([
  ["dial ops@10.0.0.1:22: ssh: host key mismatch: the server does not have the key", "does not show the host key"],
  ["failed after 6 attempts: ssh: handshake failed: ssh: host key mismatch", "does not show the host key"],
  ["dial ops@10.0.0.1:22: All configured authentication methods failed", "does not let ops in with the private key"],
  [
    "ssh: handshake failed: ssh: unable to authenticate, attempted methods [none publickey], no supported methods remain",
    "does not let ops in with the private key",
  ],
  ["dial ops@10.0.0.1:22: Cannot parse privateKey: Unsupported key format", "its private key cannot be used"],
  ["failed to parse private key: ssh: no key found", "its private key cannot be used"],
  ["dial ops@10.0.0.1:22: connect ECONNREFUSED 10.0.0.1:22", "no SSH at 10.0.0.1:22"],
  ["dial ops@10.0.0.1:22: Timed out while waiting for handshake", "no SSH at 10.0.0.1:22"],
  ["dial tcp 10.0.0.1:22: i/o timeout", "no SSH at 10.0.0.1:22"],
  ["dial tcp 10.0.0.1:22: connect: no route to host", "no SSH at 10.0.0.1:22"],
  [
    "docker: no engine answers at ssh://ops@10.0.0.1: ssh to ssh://ops@10.0.0.1 failed: Host key verification failed.",
    "does not show the host key",
  ],
  [
    "command [ssh -l ops -- 10.0.0.1 docker system dial-stdio] has exited with exit status 255: stderr=ops@10.0.0.1: Permission denied (publickey).",
    "does not let ops in with the private key",
  ],
  ["ssh to ssh://ops@10.0.0.1 failed: Connection timed out during banner exchange", "no SSH at 10.0.0.1:22"],
])("%s", (error, words) => {
  const text = explainConnection("u1", ssh, error);
  expect(text).toMatch(/^host u1: /);
  expect(text).toContain(words);
});

test("the way through a bastion is told, and its user is asked about", () => {
  expect(explainConnection("u1", { ...ssh, bastion }, "dial tcp: i/o timeout")).toContain(
    "no SSH at 10.0.0.1:22 through 198.51.100.1:2222.",
  );
  expect(explainConnection("u1", { ...ssh, bastion }, "unable to authenticate")).toContain(
    "authorized_keys of ops there and of jump on 198.51.100.1?",
  );
});

test("with an SSH agent, it is the agent's keys that are asked about", () => {
  expect(explainConnection("u1", { ...ssh, agent: true }, "unable to authenticate")).toContain("ssh-add -l");
});

test.each([
  'Process exited with status 1: running "true":\nhost u1: cannot download x: Connection refused',
  "Error response from daemon: Get http://10.0.0.9:5000/v2/: dial tcp 10.0.0.9:5000: connect: connection refused",
  "something else altogether",
])("what is no failed connection is left to speak for itself: %j", (error) => {
  expect(explainConnection("u1", ssh, error)).toBeUndefined();
});
