import type { Report } from "../domain/report.ts";

/** One JSON object and a line feed; numbers as they are, rates with two decimals or null. */
export function renderJson(report: Report): string {
  return `${JSON.stringify(report, null, 2)}\n`;
}
