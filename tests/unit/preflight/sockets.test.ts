import { createSocket } from "node:dgram";
import { createServer } from "node:net";
import { describeContainer } from "../../../tasks/preflight/facts";
import { containerOf, gatherListeners, parentOf, parseAddress, parseSockets } from "../../../tasks/preflight/sockets";

const tcp = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:2134 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4242 1 0000000000000000 100 0 0 10 0
   1: 0100007F:2134 0100007F:C350 01 00000000:00000000 00:00000000 00000000     0        0 4243 1 0000000000000000 100 0 0 10 0
`;
const udp = `   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops
 1024: 0100007F:2198 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 77 2 0000000000000000 0
`;

test("of TCP's table, what listens", () => {
  expect(parseSockets(tcp, "tcp")).toEqual([{ address: "127.0.0.1", port: 8500, inode: "4242" }]);
});

test("of UDP's table, what waits", () => {
  expect(parseSockets(udp, "udp")).toEqual([{ address: "127.0.0.1", port: 8600, inode: "77" }]);
});

test.each([
  ["00000000", "0.0.0.0"],
  ["0101A8C0", "192.168.1.1"],
  ["00000000000000000000000000000000", "::"],
  ["00000000000000000000000001000000", "::1"],
  ["0000000000000000FFFF00000100007F", "127.0.0.1"],
  ["B80D0120000000000000000001000000", "2001:db8::1"],
])("address %s is %s", (hex, address) => {
  expect(parseAddress(hex)).toBe(address);
});

const id = "0123456789abcdef".repeat(4);
test.each([
  [`0::/system.slice/docker-${id}.scope`, id],
  [`5:memory:/docker/${id}\n4:cpu:/docker/${id}`, id],
  ["0::/user.slice/session-1.scope", undefined],
])("the container in %j", (cgroup, expected) => {
  expect(containerOf(cgroup)).toBe(expected);
});

test("a container's published ports, with their protocols", () => {
  expect(
    describeContainer({
      Id: id,
      Name: "/web",
      Config: { Labels: null },
      NetworkSettings: {
        Ports: {
          "80/tcp": [{ HostIp: "127.0.0.1", HostPort: "8080" }],
          "53/udp": [{ HostIp: "", HostPort: "53" }],
          "9/tcp": null,
        },
      },
    }),
  ).toEqual({
    id,
    name: "web",
    labels: {},
    ports: [
      { protocol: "tcp", address: "127.0.0.1", port: 8080 },
      { protocol: "udp", address: "0.0.0.0", port: 53 },
    ],
  });
});

test("finds this very process behind the ports that it holds", async () => {
  const server = createServer();
  const socket = createSocket("udp4");
  try {
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    await new Promise<void>((done) => socket.bind(0, "127.0.0.1", done));
    const port = (server.address() as { port: number }).port;
    const udpPort = socket.address().port;
    const found = await gatherListeners(new Set([port, udpPort]));
    expect(found).toContainEqual(
      expect.objectContaining({
        protocol: "tcp",
        address: "127.0.0.1",
        port,
        process: expect.objectContaining({ pid: process.pid }),
      }),
    );
    expect(found).toContainEqual(
      expect.objectContaining({
        protocol: "udp",
        port: udpPort,
        process: expect.objectContaining({ pid: process.pid }),
      }),
    );
  } finally {
    server.close();
    socket.close();
  }
});

test("a process's parent is found behind any name", () => {
  expect(parentOf("31255 (sleep) S 31225 31225 31225 0 -1")).toBe("31225");
  expect(parentOf("7 (a ) R 1 (b)) S 42 7 7 0 -1")).toBe("42");
  expect(parentOf("")).toBe("0");
});
