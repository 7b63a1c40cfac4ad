// One closing line that any CI can read: `end2end: 12 passed, 0 failed`.

import type { FullResult, Reporter, Suite, TestCase } from '@playwright/test/reporter';

export default class Tally implements Reporter {
  private tests: TestCase[] = [];

  onBegin(_config: unknown, suite: Suite): void {
    this.tests = suite.allTests();
  }

  onEnd(_result: FullResult): void {
    const count = (outcomes: string[]) => this.tests.filter((test) => outcomes.includes(test.outcome())).length;
    const passed = count(['expected']);
    const failed = count(['unexpected']);
    const skipped = count(['skipped']);
    console.log(`end2end: ${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
  }

  printsToStdio(): boolean {
    return true;
  }
}
