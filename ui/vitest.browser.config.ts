import { defineConfig } from "vitest/config";

// These tests drive a real browser against a real server, so they run in Node, one after the other.
export default defineConfig({
  test: {
    environment: "node",
    include: ["test/browser/**/*.test.ts"],
    fileParallelism: false,
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
