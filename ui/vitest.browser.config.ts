import { defineConfig } from "vitest/config";

// These tests drive a real browser against a real server, so they run in Node, each file with its own of both.
export default defineConfig({
  test: {
    environment: "node",
    include: ["test/browser/**/*.test.ts"],
    // Each waits for its browser half the time; more than two would wait for the processor.
    maxWorkers: 2,
    // What they share is read once by each of the two: no file leaves anything behind in it.
    isolate: false,
    // A state is waited for a minute at most (`PATIENCE`); no test waits for more than a few that are slow.
    testTimeout: 180_000,
    hookTimeout: 240_000,
  },
});
