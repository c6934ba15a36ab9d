/** The run was asked to stop before this work began. Not a failure: the document stays pending. */
export class Interrupted extends Error {
  override readonly name = "Interrupted";
}

export function isInterrupted(error: unknown): boolean {
  return error instanceof Error && error.name === "Interrupted";
}
