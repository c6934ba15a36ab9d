import { join, resolve } from "node:path";
import { openLedger } from "../ledger/open-ledger.ts";
import { initWorkspace } from "../settings/init-workspace.ts";
import type { Io } from "../ui/io.ts";
import { commandLang, type Flags } from "./workspace.ts";

/** `sohoa init [DIR]`: makes a workspace and says what to do next. */
export async function init(io: Io, flags: Flags, [folder]: readonly string[]): Promise<number> {
  const workspace = await initWorkspace(resolve(io.cwd, folder ?? "."));
  // The ledger is there from the start: whoever looks into a new workspace finds it whole.
  const ledger = await openLedger({ path: join(workspace, ".sohoa", "ledger.sqlite") });
  await ledger.close();
  io.out(
    (await commandLang(io, flags)) === "en"
      ? `Workspace made: ${workspace}\nNext: edit sohoa.yaml (unit, officer, signing.key), then\n` +
          "  sohoa register import dossiers FILE.csv\n  sohoa run FOLDER\n"
      : `Đã tạo không gian làm việc: ${workspace}\nTiếp theo: sửa sohoa.yaml (unit, officer, signing.key), rồi\n` +
          "  sohoa register import dossiers TỆP.csv\n  sohoa run THƯ_MỤC\n",
  );
  return 0;
}
