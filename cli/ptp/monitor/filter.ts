/**
 * A classic BPF program that lets only PTP through, for Ethernet and cooked packet sockets alike.
 *
 * It asks the kernel for the protocol and for the network layer instead of counting octets from the
 * frame's start, so a VLAN tag that the kernel took off does not matter.
 * @module
 */
import type { PtpPorts } from "./frame.ts";

/** Ancillary "protocol" and offsets from the network layer (linux/filter.h). */
const PROTOCOL = 0xffff_f000;
const NETWORK = 0xfff0_0000;
const KEEP = 0x4_0000;

const LD_W_ABS = 0x20;
const LD_H_ABS = 0x28;
const LD_B_ABS = 0x30;
const LD_H_IND = 0x48;
const LDX_MSH = 0xb1;
const JEQ = 0x15;
const JSET = 0x45;
const RET = 0x06;

const UDP = 17;

type Instruction = readonly [code: number, yes: number, no: number, k: number];

/** The program, 8 octets an instruction. */
export function ptpFilter(ports: PtpPorts): Uint8Array<ArrayBuffer> {
  // Jumps count from the next instruction; the last two are "keep" and "drop".
  const program: Instruction[] = [
    [LD_W_ABS, 0, 0, PROTOCOL],
    [JEQ, 17, 0, 0x88f7],
    [JEQ, 16, 0, 0x8100], // a tag that is still in the frame: looked at later
    [JEQ, 15, 0, 0x88a8],
    [JEQ, 0, 7, 0x0800],
    [LD_B_ABS, 0, 0, NETWORK + 9],
    [JEQ, 0, 13, UDP],
    [LD_H_ABS, 0, 0, NETWORK + 6],
    [JSET, 11, 0, 0x1fff],
    [LDX_MSH, 0, 0, NETWORK],
    [LD_H_IND, 0, 0, NETWORK + 2],
    [JEQ, 7, 6, ports.event],
    [JEQ, 0, 7, 0x86dd],
    [LD_B_ABS, 0, 0, NETWORK + 6],
    [JEQ, 0, 5, UDP],
    [LD_H_ABS, 0, 0, NETWORK + 42],
    [JEQ, 2, 1, ports.event],
    [RET, 0, 0, 0],
    [JEQ, 0, 1, ports.general],
    [RET, 0, 0, KEEP],
    [RET, 0, 0, 0],
  ];
  return assemble(program);
}

function assemble(program: readonly Instruction[]): Uint8Array<ArrayBuffer> {
  const octets = new Uint8Array(program.length * 8);
  const view = new DataView(octets.buffer);
  program.forEach(([code, yes, no, k], i) => {
    view.setUint16(i * 8, code, true);
    view.setUint8(i * 8 + 2, yes);
    view.setUint8(i * 8 + 3, no);
    view.setUint32(i * 8 + 4, k, true);
  });
  return octets;
}
