import type { Language } from './index';

/**
 * The collector says in English why a figure is not known, clause by clause. For other languages the clauses are known
 * by their form: names and numbers are carried over. A clause nobody has translated is shown as it came, which beats
 * hiding it.
 */
const clauses: Record<Exclude<Language, 'en'>, readonly (readonly [RegExp, string])[]> = {
  'zh-CN': [
    [/^meter (.+) silent for (.+)$/, '计量点 $1 已 $2 无数据'],
    [/^meter (.+) held for (.+)$/, '计量点 $1 沿用 $2 前的读数'],
    [/^meter (.+) has not been heard yet \(no agent has sent (.+)\)$/, '计量点 $1 尚无数据（没有采集代理发送过 $2）'],
    [/^meter (.+) gives implausible values for (.+)$/, '计量点 $1 已 $2 给出不合理的数值'],
    [/^meter (.+) gives implausible values \((.+)\)$/, '计量点 $1 给出不合理的数值（$2）'],
    [/^meter (.+) has no energy in the facility file$/, '设施文件中计量点 $1 没有电能'],
    [/^give it 'energy', a counter or the word integrated$/, '请为它填写 energy：电能计数器或 integrated'],
    [/^meter (.+) has no (.+) series in the facility file$/, '设施文件中计量点 $1 没有 $2 序列'],
    [/^and (\d+) more$/, '另有 $1 项'],
    [/^there is no facility file: nothing says which meters make up the site$/, '没有设施文件：无法得知站点由哪些计量点组成'],
    [/^there is no facility file$/, '没有设施文件'],
    [/^the facility file has no water meter$/, '设施文件中没有水表'],
    [/^the facility file has no cooling meter$/, '设施文件中没有制冷计量点'],
    [/^the facility file has no UPS with input and output$/, '设施文件中没有同时具备输入与输出的 UPS'],
    [/^water meter (.+) has no volume counter$/, '水表 $1 没有累计水量'],
    [/^the IT meters show (.+): without IT load there is no (PUE|WUE)$/, 'IT 计量点显示 $1：没有 IT 负载就没有 $2'],
    [/^the IT meters show (.+)$/, 'IT 计量点显示 $1'],
    [/^computed (.+), below 1: .+$/, '算得 $1，低于 1：IT 计量点之和大于市电总表，总表缺少计量点或比例有误'],
    [/^computed (.+), above (.+): .+$/, '算得 $1，高于 $2：设施文件缺少 IT 计量点或比例有误'],
    [/^window has (.+?) of (.+?): the counter of meter (.+) jumped and waits for confirmation$/, '该时段 $2 中只有 $1 的数据：计量点 $3 的计数器跳变，等待确认'],
    [/^window has (.+?) of (.+?): meter (.+) has no energy readings in it$/, '该时段 $2 中只有 $1 的数据：计量点 $3 在其中没有电能读数'],
    [/^window has (.+?) of (.+?): meter (.+) covers (.+)$/, '该时段 $2 中只有 $1 的数据：计量点 $3 覆盖 $4'],
    [/^window has (.+?) of (.+)$/, '该时段 $2 中只有 $1 的数据'],
    [/^there was no (.+) energy in this window$/, '该时段内没有 $1 电能'],
    [/^energy of (.+) and (\d+) more is integrated from power$/, '$1 等另外 $2 项的电能由功率积分得出'],
    [/^energy of (.+) is integrated from power$/, '$1 的电能由功率积分得出'],
    [/^(.+) % of it is spread across gaps$/, '其中 $1 % 由缺口估算'],
    [/^the UPSs carry no load$/, 'UPS 没有负载'],
    [/^the battery of (.+) is charging or discharging$/, '$1 的电池正在充电或放电'],
    [/^(.+) carries too little load \((.+)\) for an efficiency$/, '$1 的负载（$2）太小，无法计算效率'],
    [/^the UPSs give out more than they take in \((.+) of (.+)\): their meters disagree$/, 'UPS 输出大于输入（$1 / $2）：计量不一致'],
    [/^(.+) gives out more than it takes in \((.+) of (.+)\): its meters disagree$/, '$1 输出大于输入（$2 / $3）：计量不一致'],
    [/^PUE went from (.+) to (.+) within (\d+) s without a change of UPS mode: .+$/, 'PUE 在 $3 秒内由 $1 变为 $2，而 UPS 模式未变：某个计量点有误，或负载突变'],
    [/^(\d+) of its (\d+) lines are wrong: (.+) W does not go with (.+) = (.+)$/, '$2 相中有 $1 相有误：$3 W 与 $4 = $5 不符'],
    [/^(.+) W does not go with (.+) = (.+)$/, '$1 W 与 $2 = $3 不符'],
    [/^the total of (.+) is not the (.+) that its (\d+) lines add up to$/, '总值 $1 与 $3 相之和 $2 不符'],
    [/^(.+) % is not the (.+) % that power over rating gives$/, '$1 % 与功率除以额定值所得的 $2 % 不符'],
    [/^(.+) Cel is no temperature of such a place$/, '$1 °C 不可能是该处的温度'],
    [/^is it in tenths, or in degrees Fahrenheit\?$/, '单位是十分之一度，还是华氏度？'],
    [/^it counted (.+) kWh while (.+) kWh flowed \((.+) W on average\)$/, '计数 $1 kWh，而实际流过 $2 kWh（平均 $3 W）'],
    [/^shown again when it has held for a minute$/, '保持一分钟后恢复显示'],
    [/^PUE went from (.+) to (.+) within (\d+) s: (.+) changed to (.+) \((.+)\)$/, 'PUE 在 $3 秒内由 $1 变为 $2：$4 切换为 $5（$6）'],
  ],
};

const durations: Record<Exclude<Language, 'en'>, Record<string, string>> = {
  'zh-CN': { s: '秒', min: '分钟', h: '小时', d: '天' },
};

export function reasonText(language: Language, reason: string): string {
  if (language === 'en') {
    return reason.charAt(0).toUpperCase() + reason.slice(1);
  }
  return reason.split('; ').map((clause) => clauseText(language, clause)).join('；');
}

function clauseText(language: Exclude<Language, 'en'>, clause: string): string {
  for (const [form, translation] of clauses[language]) {
    const match = form.exec(clause);
    if (match) {
      return translation.replace(/\$(\d)/g, (_, n: string) => durationText(language, match[Number(n)] ?? ''));
    }
  }
  return clause;
}

/** "40 s" in the words of the language; anything else is a name or a number and stays. */
function durationText(language: Exclude<Language, 'en'>, text: string): string {
  const match = /^([\d.]+) (s|min|h|d)$/.exec(text);
  return match ? `${match[1]} ${durations[language][match[2]!]}` : text;
}
