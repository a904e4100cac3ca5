import { deepStrictEqual as assertEquals, ok as assert, throws } from "node:assert/strict";
import { loadFrequency, RecordFile, saveFrequency } from "./servo_files.ts";

function inFolder(act: (folder: string) => void): void {
  const folder = Deno.makeTempDirSync({ prefix: "rptp-servo-" });
  try {
    act(folder);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

Deno.test("loadFrequency() gives what saveFrequency() left, less certain with age", () => {
  inFolder((folder) => {
    const path = `${folder}/frequency`;
    saveFrequency(path, { ppb: -31_234.5, sd: 100 }, 1_800_000_000.7);
    assertEquals(loadFrequency(path, 1_800_000_000), { ppb: -31_234.5, sd: 100 });
    const hour = loadFrequency(path, 1_800_003_600);
    assertEquals(Math.round(hour?.sd ?? 0), 1204); // 100 and 20 sqrt(3600)
    assertEquals(loadFrequency(path, 1_900_000_000)?.sd, 20_000);
    assertEquals(loadFrequency(path, 1_700_000_000)?.sd, hour?.sd);
    assertEquals([...Deno.readDirSync(folder)].map((entry) => entry.name), ["frequency"]);
  });
});

Deno.test("loadFrequency() of no file is undefined, of another file an error that names it", () => {
  inFolder((folder) => {
    assertEquals(loadFrequency(`${folder}/none`, 1_800_000_000), undefined);
    for (
      const text of ["", "{}", "[1]", '{"ppb":"1","sd":2,"time":3}', '{"ppb":1,"sd":-2,"time":3}']
    ) {
      Deno.writeTextFileSync(`${folder}/other`, text);
      throws(() => loadFrequency(`${folder}/other`, 1_800_000_000), /other: no frequency saved/);
    }
  });
});

Deno.test("RecordFile writes every line, in order", () => {
  inFolder((folder) => {
    const file = new RecordFile(`${folder}/record`);
    const lines = Array.from({ length: 5000 }, (_, k) => `S ${k} 1800000000 ${k * 0.5}`);
    for (const line of lines) file.sink(line);
    file.close();
    assert(Deno.readTextFileSync(`${folder}/record`) === `${lines.join("\n")}\n`);
  });
});
