import type { ErrorCode } from "../../../domain/errors.ts";
import type { SignatureScheme } from "../signing-key.ts";
import type { PinNeed } from "./log-in.ts";
import type { TokenAddress } from "./uri.ts";

/** What the process of a token is told, one at a time; every task has one answer. */
export type TokenTask =
  | { readonly call: "open"; readonly address: TokenAddress }
  /** Answers `need`. */
  | { readonly call: "pin"; readonly pin: string | undefined }
  | { readonly call: "sign"; readonly message: Buffer; readonly scheme: SignatureScheme }
  | { readonly call: "close" };

export type TokenAnswer =
  | { readonly type: "need"; readonly need: PinNeed }
  | { readonly type: "opened"; readonly certificate: Buffer; readonly chain: readonly Buffer[] }
  | { readonly type: "signed"; readonly signature: Buffer }
  | { readonly type: "closed" }
  | { readonly type: "refused"; readonly code: ErrorCode; readonly detail: string };
