import { askProgram } from './ask-program.ts';

/** The dynamic linker and the libraries that a program is linked with, as ldd(1) names them. Run it on trusted programs only. */
export async function findSharedLibraries(
  lddFile: string,
  program: string,
  timeoutMs?: number,
): Promise<readonly string[]> {
  try {
    const { stdout } = await askProgram(lddFile, [program], {
      env: { LC_ALL: 'C' },
      ...(timeoutMs !== undefined && { timeoutMs }),
    });
    return parseLdd(stdout);
  } catch (error) {
    if (isStatic(error)) return [];
    throw error;
  }
}

/** Reads the output of ldd. Throws when a library was not found. */
export function parseLdd(output: string): readonly string[] {
  const missing = /^\s*(\S+) => not found/m.exec(output)?.[1];
  if (missing !== undefined) throw new Error(`the library ${missing} is not installed`);
  return Array.from(output.matchAll(/(?:=>\s+|^\s*)(\/.+?)\s+\(0x[\da-f]+\)$/gm), ([, path = '']) => path);
}

function isStatic(error: unknown): boolean {
  const { stdout, stderr } = error as { readonly stdout?: unknown; readonly stderr?: unknown }; // of execFile
  return /not a dynamic executable|statically linked/.test(`${String(stdout)} ${String(stderr)}`);
}
