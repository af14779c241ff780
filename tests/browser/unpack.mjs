// Unpacks the browser, its libraries and its font into the folder that TMPDIR names, which is where the package puts them.
// It only brings its own libraries when it believes to be in a Lambda function; a bare machine lacks them as well.
import { writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";

process.env.AWS_EXECUTION_ENV = "AWS_Lambda_nodejs24.x";
const chromium = createRequire(`${process.argv[2]}/`)("@sparticuz/chromium").default;
await chromium.executablePath();

// The package's own configuration looks for fonts in /tmp, wherever they are; without any, the browser ends at once.
const folder = tmpdir().replaceAll("&", "&amp;").replaceAll("<", "&lt;");
await writeFile(
  `${tmpdir()}/fonts/fonts.conf`,
  `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>${folder}/fonts</dir>
  <cachedir>${folder}/fonts-cache</cachedir>
</fontconfig>
`,
);
