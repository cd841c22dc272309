import { defineConfig } from "vitest/config";

// These tests drive a real browser against a real server, so they run in Node, one after the other.
export default defineConfig({
  test: {
    environment: "node",
    include: ["test/browser/**/*.test.ts"],
    fileParallelism: false,
    // A state is waited for a minute at most (`PATIENCE`); no test waits for more than a few that are slow.
    testTimeout: 180_000,
    hookTimeout: 240_000,
  },
});
