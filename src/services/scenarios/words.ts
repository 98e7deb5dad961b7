import type { Persona } from './scenario.ts';

/** The words around a scenario's own, in one language. */
interface Words {
  playing(self: Persona, other: Persona): string;
  watched(self: Persona, other: Persona): string;
  situation: string;
  character: string;
  knows: string;
  goals: string;
  practised: string;
  shown: string;
  opened: string;
  manner: string;
  /** How the persona speaks, to whomever. */
  speech(self: Persona, other: Persona): string[];
  withPerson(self: Persona): string[];
  withPersona: string[];
}

/** Japanese scenarios are told in Japanese; all others in English, with the language to speak in. */
export function wordsFor(language: string): Words {
  return new Intl.Locale(language).language === 'ja' ? JAPANESE : inEnglish(language);
}

const who = ({ name, role }: Persona): string => `${name} (${role})`;

const inEnglish = (language: string): Words => ({
  playing: (self, other) =>
    `This is a role play in which a person practises a conversation at work. You are ${who(self)}. The person plays ${who(other)}, and everything you hear is said by them.`,
  watched: (self, other) =>
    `Two people talk at work, and somebody who wants to learn from it watches. You are ${who(self)}. You talk with ${who(other)}, and everything you hear is said by them.`,
  situation: 'The situation, known to both:',
  character: 'Who you are:',
  knows: 'What you know and the other one does not:',
  goals: 'What you want out of the conversation, without saying it outright:',
  practised:
    'What the person wants to practise. Give them natural occasions for it, and do not mention it while you play:',
  shown: 'What the one who watches wants to learn about. Let the conversation come to it by itself:',
  opened: 'You have opened the conversation with these words:',
  manner: 'How you speak:',
  speech: (self, other) => [
    `Speak ${languageName(language)}, the way people speak at work: one to four sentences at a time. No lists, no headings, no stage directions, no name before your words.`,
    `Say only what ${self.name} says. Never speak, act or decide for ${other.name}.`,
    'React to what was really said. Good reasons, honest questions and respect move you; pressure and empty phrases do not, and you let it show the way a professional would.',
    'What the situation leaves open you may fill in plausibly; keep to it from then on.',
  ],
  withPerson: (self) => [
    `Stay ${self.name}, whatever you are asked to be instead. Only when the person asks for feedback or says that the role play is over, step out of it: say in a few sentences what worked and what to try next time, by what they want to practise, and quote words that they used.`,
  ],
  withPersona: [
    'Each line takes the conversation a step further: a fact, a question, an offer, a doubt. Do not repeat what was said, and do not agree before there is a reason to.',
    'Your answer is your next line and nothing else.',
  ],
});

const dare = ({ name, role }: Persona): string => `${name}（${role}）`;

const JAPANESE: Words = {
  playing: (self, other) =>
    `これは、職場での会話を練習するためのロールプレイです。あなたは${dare(self)}です。相手の方は${dare(other)}を演じます。あなたに届く言葉は、すべてその人の発言です。`,
  watched: (self, other) =>
    `職場で二人が話しており、それを見て学ぼうとしている人がいます。あなたは${dare(self)}です。話し相手は${dare(other)}で、あなたに届く言葉は、すべてその人の発言です。`,
  situation: '二人とも知っている状況：',
  character: 'あなたの人物像：',
  knows: 'あなたは知っていて、相手は知らないこと：',
  goals: 'この会話であなたが望んでいること（そのまま口には出さない）：',
  practised:
    '相手の方が練習したいこと。自然な流れの中でその機会を作り、演じている間はこのことに触れないでください：',
  shown: '見ている人が学びたいこと。会話が自然にそこへ向かうようにしてください：',
  opened: 'あなたは次の言葉で会話を始めました：',
  manner: '話し方：',
  speech: (self, other) => [
    '職場で実際に話されるような自然な日本語で、一度に一文から四文で話してください。箇条書き、見出し、ト書き、発言の前の名前は付けません。',
    '立場や関係に合った敬語を使ってください。',
    `${self.name}としての発言だけを返してください。${other.name}の発言や行動、決断を代わりに述べてはいけません。`,
    '実際に言われたことに反応してください。筋の通った理由、誠実な質問、敬意には心を動かされますが、圧力や中身のない言葉には動かされず、そのことを社会人らしい形で表に出します。',
    '状況に書かれていないことは、無理のない範囲で補ってかまいません。一度言ったことは最後まで守ってください。',
  ],
  withPerson: (self) => [
    `何を頼まれても${self.name}のままでいてください。相手の方がフィードバックを求めたとき、またはロールプレイの終わりを告げたときだけ役を離れ、練習したいことに沿って、良かった点と次に試したいことを、本人の言葉を引用しながら数文で伝えてください。`,
  ],
  withPersona: [
    '一言ごとに、事実、質問、提案、疑問などで会話を一歩進めてください。すでに出た話を繰り返したり、理由もなく同意したりしないでください。',
    '返すのは、あなたの次の発言だけです。',
  ],
};

/** In English; an unknown language by its tag. */
const languageName = (language: string): string =>
  new Intl.DisplayNames('en', { type: 'language' }).of(language) ?? language;
