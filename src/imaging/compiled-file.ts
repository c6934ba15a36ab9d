import { sep } from "node:path";
import { fileURLToPath } from "node:url";

/** Path of a compiled file beside the caller's, also when the tests run the sources: Node itself starts it. */
export function compiledFile(url: URL): string {
  const path = fileURLToPath(url);
  const folder = `${sep}src${sep}imaging${sep}`;
  const at = path.lastIndexOf(folder);
  return at < 0 ? path : `${path.slice(0, at)}${sep}dist${sep}imaging${sep}${path.slice(at + folder.length)}`;
}
