import type { PageFinding } from "../domain/document.ts";
import type { ScanProfile } from "../domain/rules.ts";
import type { Planes } from "./planes.ts";
import type { WorkingView } from "./working-view.ts";

/** A page cut or cropped by a few pixels is not a bad scan. */
const DPI_TOLERANCE = 0.98;

/** What people should know of a page as it was scanned (TT 01/2023 art. 8, NĐ 30/2020 annex I). */
export function qualityOf(view: WorkingView, _planes: Planes, profile: ScanProfile): PageFinding[] {
  const { resolution, colour } = view;
  const findings: PageFinding[] = [];
  if (resolution.from === "assumed") findings.push("no_resolution");
  if (resolution.coarsest < profile.minDpi * DPI_TOLERANCE) findings.push("low_resolution");
  if (profile.colour && !colour) findings.push("not_colour");
  return findings;
}
