import type { Reporter, TestModule } from 'vitest/node';

/**
 * Names the tests that passed only on their second try, at the end, where they are read. The main check allows one
 * such try: it runs two thousand tests with real processes on a shared machine, and one late answer must not decide.
 */
export class SecondTries implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const flaky = modules.flatMap((module) =>
      [...module.children.allTests('passed')].filter((test) => test.diagnostic()?.flaky),
    );
    if (flaky.length === 0) return;
    process.stderr.write(`\nPassed only on the second try, and to be mended (${flaky.length}):\n`);
    for (const test of flaky) {
      const [first] = test.result().errors ?? [];
      process.stderr.write(`  ${test.module.relativeModuleId} > ${test.fullName}\n`);
      process.stderr.write(`    ${first?.message.split('\n', 1)[0] ?? 'no error was kept'}\n`);
    }
  }
}
