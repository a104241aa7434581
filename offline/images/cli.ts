import { ensureImages } from ".";

/** `npx tsx offline/images/cli.ts nginx:alpine` puts images on this machine's engine. */
if (process.argv.length < 3) {
  console.error("Name the images to put on this machine's engine, such as: nginx:alpine hashicorp/nomad:1.11.3");
  process.exit(2);
}
ensureImages(process.argv.slice(2), { report: (line) => console.error(line) }).then(
  (images) => {
    for (const { reference, origin } of images) {
      console.log(`${reference} ${origin}`);
    }
  },
  (error: Error) => {
    console.error(error.message);
    process.exitCode = 1;
  },
);
