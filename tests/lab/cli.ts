import { existsSync } from "node:fs";
import { main } from "../../tasks/lib/main";
import { runAttached } from "../../tasks/lib/run";
import { runSteps } from "../../tasks/lib/steps";
import { inventoryOf, labDown, labPaths, labUpSteps, labUser, locked, machineOf } from "./lab";
import { sshOptions } from "./ssh";

/** `make lab-up`, `make lab-down`, `make lab-ssh HOST=server-1 CMD=…`. */
main(async () => {
  const say = (line: string) => console.error(line);
  const [command, host = "", words = ""] = process.argv.slice(2);
  switch (command) {
    case "up":
      await locked(say, () => runSteps(labUpSteps()));
      console.log(overview());
      return 0;
    case "down":
      await runSteps([{ title: "Take the lab down", run: async (report) => void (await labDown(report)) }]);
      return 0;
    case "ssh": {
      const machine = machineOf(inventoryOf(), host);
      if (!existsSync(labPaths.key)) throw new Error("There is no lab here. Bring it up first: make lab-up");
      const terminal = words === "" && process.stdin.isTTY ? ["-t"] : [];
      return runAttached("ssh", [
        ...sshOptions(),
        ...terminal,
        `${labUser}@${machine.address}`,
        ...(words ? [words] : []),
      ]);
    }
    default:
      throw new Error(`Unknown command "${command ?? ""}"; expected up, down or ssh`);
  }
});

function overview(): string {
  const { machines, services } = inventoryOf();
  const kinds = { ubuntu: "Ubuntu stand-in", docker: "Docker host" };
  return [
    "",
    ...machines.map(({ name, address, kind }) => `  ${name.padEnd(10)} ${address.padEnd(16)} ${kinds[kind]}`),
    `  ${"services".padEnd(10)} ${services.padEnd(16)} releases and packages at port 80, images at 5000`,
    "",
    "Log in: make lab-ssh HOST=server-1",
  ].join("\n");
}
