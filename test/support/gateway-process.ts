/** A gateway in a process of its own, to be killed. Says its address on standard output; logs what its analyst is asked. */
import { appendFileSync } from 'node:fs';
import { readConfig } from '../../src/config/index.ts';
import { createGateway } from '../../src/gateway.ts';
import type { Analyst } from '../../src/services/analysis/analyst.ts';
import { builtinAnalyst } from '../../src/services/analysis/builtin/index.ts';

const diary = process.env.DIARY ?? '';
const write = (what: string) => appendFileSync(diary, `${what}\n`);

const watched: Analyst = {
  model: 'watched',
  async plan(question, thinking) {
    write(`plan ${question.message}`);
    return builtinAnalyst.plan(question, thinking);
  },
  async code(question, plan, failed, thinking) {
    write(`code ${question.message}`);
    return builtinAnalyst.code(question, plan, failed, thinking);
  },
  report(question, plan, execution, thinking) {
    write(`report ${question.message}`);
    return builtinAnalyst.report(question, plan, execution, thinking);
  },
};

const gateway = await createGateway(readConfig(process.env), { analysts: [watched] });
process.on('SIGTERM', () => void gateway.close().then(() => process.exit(0)));
process.stdout.write(`ready ${gateway.url}\n`);
