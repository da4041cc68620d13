/** The C programs of the suite: the client, the fake webauthn.dll, and the proxy that carries the interface between processes. */
import { copyFileSync, globSync } from "node:fs";
import { join } from "node:path";
import { cached, hashOfFiles } from "./cache.ts";
import { run } from "./run.ts";
import { TOOLS } from "./tools.ts";

const SOURCES = join(import.meta.dirname, "native");
/** For everything in `build`; a change here makes another folder. */
const RECIPE = "2";

export interface NativePrograms {
  readonly client: string;
  readonly webauthn: string;
  readonly proxy: string;
}

export async function buildNativePrograms(): Promise<NativePrograms> {
  const sources = globSync("*", { cwd: SOURCES }).sort();
  const key = hashOfFiles(
    sources.map((name) => join(SOURCES, name)),
    RECIPE,
  );
  const folder = await cached("native", key, (draft) => build(draft, sources));
  return {
    client: join(folder, "client.exe"),
    webauthn: join(folder, "webauthn.dll"),
    proxy: join(folder, "plugin-proxy.dll"),
  };
}

async function build(cwd: string, sources: readonly string[]): Promise<void> {
  for (const name of sources) copyFileSync(join(SOURCES, name), join(cwd, name));
  // Interpreted stubs (-Oif): the other kind wants headers that mingw has not.
  const idl = (...parameters: string[]) =>
    run(TOOLS.idlCompiler, ["--win64", "-Oif", "-I", ".", ...parameters], { cwd });
  const compile = (parameters: string) => run(TOOLS.compiler, parameters.split(" "), { cwd });
  const name = "pluginauthenticator";
  await idl("-h", "-o", `${name}.h`, `${name}.idl`);
  await idl("-p", "-o", `${name}_p.c`, `${name}.idl`);
  await idl("-u", "-o", `${name}_i.c`, `${name}.idl`);
  await idl("--dlldata-only", "-o", "dlldata.c", name);
  await Promise.all([
    compile(
      "-shared -O1 -DREGISTER_PROXY_DLL -DWIN32 -DUSE_COMPILER_EXCEPTIONS -include plugin-proxy.h -o plugin-proxy.dll " +
        `${name}_p.c ${name}_i.c dlldata.c plugin-proxy.def -lrpcrt4 -lole32 -loleaut32 -luuid`,
    ),
    compile("-O1 -Wall -Werror -DCOBJMACROS -static -o client.exe client.c -lole32 -luuid -lpsapi"),
    compile("-O1 -Wall -Werror -shared -Wl,--kill-at -static -o webauthn.dll fake-webauthn.c -lshell32"),
  ]);
}
