/**
 * What a {@linkcode file://./bank.ts | Bank} is told about oscillators and paths.
 * @module
 */

/** What the oscillators and the path are expected to do. */
export interface BankModel {
  /** Random walk of frequency, ppb^2/s. */
  walk: number;
  /** Random walk of drift, (ppb/s)^2/s. */
  driftWalk: number;
  /** Time constant in which drift is forgotten, s. */
  driftSeconds: number;
  /** Standard deviation of a drift that begins, ppb/s; how often one begins or ends, per second. */
  driftSd: number;
  driftChangeRate: number;
  /** Random walk of path delay in a second, as a share of the noise of a measurement. */
  delayWalk: number;
  /** Standard deviation of a frequency step, ppb. */
  step: number;
  /** Frequency steps per second. */
  stepRate: number;
  /** Standard deviation of a rare large frequency step, ppb. */
  largeStep: number;
  /** Large frequency steps per second. */
  largeStepRate: number;
  /** Standard deviation of a step of the path delay, as a share of the noise of a measurement. */
  delayStep: number;
  /** Steps of the path delay per second. */
  delayStepRate: number;
  /**
   * Spread of late measurements over that of early ones: queues only add delay, so that an early
   * measurement tells more of the path than a late one. 1 is a normal distribution.
   */
  lateSpread: number;
  /** Probability that a measurement is an outlier. */
  outlier: number;
}

/** Where a member starts. */
export interface BankPrior {
  weight: number;
  frequency: number;
  frequencySd: number;
  drift: number;
  driftSd: number;
  delay: number;
  delaySd: number;
}
