/**
 * The entry point of `rptp`: the command line in the main isolate, a role in a Worker.
 * @module
 */
export {};
