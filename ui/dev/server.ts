import { execFileSync, spawn } from "node:child_process";
import { createInterface } from "node:readline";

export interface DevServer {
  url: string;
  token: string;
  stop: () => void;
}

/** Starts the dev server that `BOBBIN_DEV_SERVER` names, or one that is compiled where it has to be. */
export async function startDevServer(): Promise<DevServer> {
  const { stdin, stdout } = spawn(process.env.BOBBIN_DEV_SERVER ?? program(), {
    stdio: ["pipe", "pipe", "inherit"],
  });
  for await (const line of createInterface({ input: stdout })) {
    const { url, token } = JSON.parse(line) as { url: string; token: string };
    // It ends when its input does, however this process ends.
    return { url, token, stop: () => stdin.end() };
  }
  throw new Error("the dev server ended before it said where it is");
}

/** With the features of the whole workspace, so that nothing is compiled twice. */
function program(): string {
  const words = "build --quiet --workspace --features custom-protocol --bin bobbin-dev-server";
  const built = execFileSync("cargo", [...words.split(" "), "--message-format", "json-render-diagnostics"], {
    encoding: "utf8",
    maxBuffer: 1 << 28,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const executables = built.split("\n").flatMap((line) => /"executable":"([^"]+)"/.exec(line)?.[1] ?? []);
  const path = executables.find((name) => /bobbin-dev-server(\.exe)?$/.test(name));
  if (!path) throw new Error("cargo built no dev server");
  return path;
}
