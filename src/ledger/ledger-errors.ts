import { OperationalError } from "../domain/errors.ts";

type Methods = Readonly<Record<string, (...given: never[]) => unknown>>;

/** The database's own failures become ours, so that the batch stops with the right sentence; bugs pass through. */
function asOperational(error: unknown): unknown {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  if (code.startsWith("SQLITE_FULL")) return new OperationalError("disk_full", "ledger", { cause: error });
  if (!code.startsWith("SQLITE_") || code.startsWith("SQLITE_CONSTRAINT")) return error;
  return new OperationalError("ledger", code, { cause: error });
}

/** The same methods, each with its failures translated. */
export function translateErrors<T extends object>(methods: T): T {
  const entries = Object.entries(methods as Methods).map(([name, method]) => [name, translated(method)]);
  return Object.fromEntries(entries) as T;
}

function translated(method: Methods[string]): Methods[string] {
  return (...given) => {
    const result = method(...given);
    if (!(result instanceof Promise)) return result;
    return result.catch((error: unknown) => {
      throw asOperational(error);
    });
  };
}
