import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** What a bag says of its document. */
export interface Bag {
  /** `<year>/<code>/<nn>-<type>-<id8>` */
  readonly name: string;
  readonly folder: string;
  readonly pdf: string;
  readonly document: string;
  readonly metadata: Readonly<Record<string, unknown>>;
}

/** Every bag of a folder warehouse, by name; the warehouse's folder is made by the first delivery. */
export function bagsOf(root: string): Bag[] {
  if (!existsSync(root)) return [];
  const folders = readdirSync(root, { recursive: true, withFileTypes: true })
    .filter(({ name }) => name === "bagit.txt")
    .map(({ parentPath }) => parentPath)
    .filter((folder) => !folder.includes(".incoming"));
  return folders.toSorted().map((folder) => {
    const info = readFileSync(join(folder, "bag-info.txt"), "utf8");
    return {
      name: folder.slice(root.length + 1).replaceAll("\\", "/"),
      folder,
      pdf: join(folder, "data", "document.pdf"),
      document: /^External-Identifier: (.*)$/mu.exec(info)?.[1] ?? "",
      metadata: JSON.parse(readFileSync(join(folder, "data", "metadata.json"), "utf8")) as Record<
        string,
        unknown
      >,
    };
  });
}

/** Unfinished files below a folder; a clean workspace has none. */
export function leftovers(...folders: readonly string[]): string[] {
  return folders
    .filter(existsSync)
    .flatMap((folder) =>
      readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => /\.tmp|\.dead/u.test(name)),
    );
}
