import type { CleanStep } from "../../src/domain/page-change.ts";
import type { Imaging } from "../../src/domain/page-ports.ts";
import type { ProfileName } from "../../src/domain/rules.ts";
import { createImaging } from "../../src/imaging/imaging.ts";
import { VN_2025_07 } from "../../src/settings/rules/vn-2025-07.ts";

/** The real pixel work, with the rules in force. */
export function testImaging(
  given: { megapixels?: number; profile?: ProfileName; clean?: readonly CleanStep[] } = {},
): Imaging {
  const { megapixels = 60, profile = "nd30", clean = [] } = given;
  return createImaging({ megapixels, profile: VN_2025_07.profiles[profile], clean });
}
