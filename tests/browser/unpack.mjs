// Unpacks the browser, its libraries and its font into the folder that TMPDIR names, which is where the package puts them.
// It only brings its own libraries when it believes to be in a Lambda function; a bare machine lacks them as well.
import { createRequire } from "node:module";

process.env.AWS_EXECUTION_ENV = "AWS_Lambda_nodejs24.x";
const chromium = createRequire(`${process.argv[2]}/`)("@sparticuz/chromium").default;
await chromium.executablePath();
