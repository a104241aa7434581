import { ensureImages } from ".";

/** `npx tsx offline/images/cli.ts nginx:alpine` puts images on this machine's engine. */
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
