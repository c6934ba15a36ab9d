/** What a promise was rejected with; a text when it was not. */
export async function refusalOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => "not refused",
    (error: unknown) => error,
  );
}

/** All that a log could show of an error, its causes too. */
export function everything(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const own = Object.getOwnPropertyNames(error).map((name) => String(Reflect.get(error, name)));
  return `${own.join("\n")}\n${JSON.stringify(error)}\n${everything(error.cause)}`;
}
