import type { TextExport } from "../../domain/ports.ts";
import type { ExportName } from "../../domain/settings.ts";
import { createAltoExport } from "./alto.ts";
import { createHocrExport } from "./hocr.ts";

const EXPORTS: Readonly<Record<ExportName, () => TextExport>> = {
  hocr: createHocrExport,
  alto: createAltoExport,
};

/** Those of the setting `export`, each once. */
export function createTextExports(names: readonly ExportName[]): readonly TextExport[] {
  return [...new Set(names)].map((name) => EXPORTS[name]());
}
