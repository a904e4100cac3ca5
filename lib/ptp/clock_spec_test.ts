import { deepStrictEqual as assertEquals, match } from "node:assert/strict";
import { parseClockSpec } from "./clock_spec.ts";

Deno.test("parseClockSpec() reads system, phc and a bare virtual", () => {
  assertEquals(parseClockSpec("system"), { kind: "system" });
  assertEquals(parseClockSpec("phc:/dev/ptp0"), { kind: "phc", path: "/dev/ptp0" });
  assertEquals(parseClockSpec("virtual"), {
    kind: "virtual",
    offset: { seconds: 0, nanoseconds: 0 },
    ppb: 0,
    steps: [],
  });
});

Deno.test("parseClockSpec() reads every part of a virtual clock exactly", () => {
  assertEquals(
    parseClockSpec("virtual:offset=-1.000000001,ppm=50.5,wander=7,step=0.5@10,step=-10us@20s"),
    {
      kind: "virtual",
      offset: { seconds: -1, nanoseconds: -1 },
      ppb: 50_500,
      wander: 7,
      steps: [
        { by: { seconds: 0, nanoseconds: 500_000_000 }, at: 10e9 },
        { by: { seconds: 0, nanoseconds: -10_000 }, at: 20e9 },
      ],
    },
  );
});

Deno.test("parseClockSpec() names the bad part and what is accepted", () => {
  const cases: [string, RegExp][] = [
    ["sistem", /^expected system\|virtual/],
    ["phc:", /needs a path/],
    ["virtual:ofset=1", /"ofset" is none of offset=S, ppm=P/],
    ["virtual:", /"" is none of offset=S/],
    ["virtual:offset=1h", /offset="1h".*seconds such as/],
    ["virtual:offset=", /offset="".*seconds/],
    ["virtual:offset=99999999999", /offset="99999999999"/],
    ["virtual:ppm=1e6", /ppm="1e6".*-100000 to 100000/],
    ["virtual:ppm=x", /ppm="x"/],
    ["virtual:wander=-1", /wander="-1".*seed/],
    ["virtual:wander=4294967296", /wander=/],
    ["virtual:step=1", /step="1".*0\.5@10/],
    ["virtual:step=1@-3", /step="1@-3".*not negative/],
    ["virtual:ppm=1,ppm=2", /"ppm=" is given twice/],
  ];
  for (const [text, pattern] of cases) {
    const result = parseClockSpec(text);
    match(typeof result === "string" ? result : `accepted ${JSON.stringify(result)}`, pattern);
  }
});
