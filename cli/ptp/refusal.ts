/**
 * Why measurements of a master are not used, in words, and which flag lifts that.
 * @module
 */
import type { PtpRefusal } from "../../lib/ptp/event.ts";
import type { Kit } from "../kit/kit.ts";
import { offsetText } from "./chart.ts";

/** Says what was refused and which flag lifts it. */
export function tellRefusal(kit: Kit, refusal: PtpRefusal): void {
  const [why, flag] = wordsOf(refusal);
  kit.note(`${kit.errStyle.red("refused:")} ${why}${flag === "" ? "" : `; ${flag} lifts this`}`);
  kit.json("refusal", { reason: refusal.reason, message: why, flag });
}

function wordsOf(refusal: PtpRefusal): [why: string, flag: string] {
  switch (refusal.reason) {
    case "arb":
      return ["the master's timescale is arbitrary, the system clock keeps UTC", "--accept-arb"];
    case "epoch": {
      const date = new Date(refusal.masterSeconds * 1000).toISOString().slice(0, 19);
      return [`the master's date is ${date}, before 2020`, "--accept-epoch"];
    }
    case "step": {
      const by = offsetText(-refusal.offset);
      const limit = offsetText(refusal.limit, false);
      return [
        `the clock would have to step by ${by}, more than --max-step ${limit}`,
        "--allow-step",
      ];
    }
    case "utcOffset":
      return [
        "the master gives TAI without a valid UTC offset, and this machine knows none: set the " +
        "kernel's (adjtimex --tai, chrony leapsectz)",
        "",
      ];
  }
}
