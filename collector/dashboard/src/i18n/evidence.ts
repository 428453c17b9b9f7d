import type { Language } from './index';

/**
 * The collector's detectors say in English what they see, clause by clause. For other languages the clauses are known by their form: names,
 * numbers and instants are carried over. A clause nobody has translated is shown as it came, which beats hiding it.
 */
const clauses: Record<Exclude<Language, 'en'>, readonly (readonly [RegExp, string])[]> = {
  'zh-CN': [
    [/^(\d+) of (\d+) pumps lost, (\d+) running$/, '$2 台水泵中失去 $1 台，$3 台运行'],
    [/^flow (.+) L\/min$/, '流量 $1 L/min'],
    [/^(.+) pumps running, (.+) of (.+) available$/, '$1 台水泵运行，$3 台中 $2 台可用'],
    [/^(.+) (up|down) (.+) % \(limit (.+) %\)(?: since (.+))?$/, '$1 变化 $3 %（$2，限值 $4 %）'],
    [/^every other law holds$/, '其余各定律均成立'],
    [/^loses (.+) ± (.+) L\/h over (.+), warmth and make-up taken out$/, '$3内泄漏 $1 ± $2 L/h，已扣除热膨胀与补液'],
    [/^level (.+) %, (\d+) fills seen$/, '液位 $1 %，补液 $2 次'],
    [/^level (.+) %$/, '液位 $1 %'],
    [/^pressure (.+) kPa against usual$/, '压力较平常 $1 kPa'],
    [/^pressure has not fallen yet$/, '压力尚未下降'],
    [/^but pressure has not fallen \((.+) kPa\), so .+$/, '但压力未下降（$1 kPa）：传感器漂移，或开式回路泄漏'],
    [/^return pressure falls by (.+) kPa\/h over (.+), temperature and flow taken out$/, '回液压力在 $2内以 $1 kPa/h 下降，已扣除温度与流量影响'],
    [/^the loop has no level to compare with: .+$/, '回路没有液位可对照：可能是泄漏、膨胀罐失压或压力表漂移'],
    [/^wet, at (.+) m of the cable$/, '检测到液体，位于感应绳 $1 m 处'],
    [/^wet$/, '检测到液体'],
    [/^wet(.*), but the sensor says of itself that it is faulty$/, '检测到液体$1，但传感器自报故障'],
    [/^(.+): supply (.+) °C, dew point (.+) °C, margin (.+) K(.*)$/, '$1：供液 $2 °C，露点 $3 °C，裕度 $4 K$5'],
    [/^machines take (.+) kW of (.+) kW that should be in the loop: (.+) % against usual(.*)$/, '回路应有 $2 kW，设备带走 $1 kW：较平常 $3 %$4'],
    [/^valve at (.+) %, commanded (.+) %$/, '阀位 $1 %，指令 $2 %'],
    [/^(.+) turned (\d+) times in (.+) by more than (.+) %, last by (.+) %$/, '$1 在 $3内换向 $2 次，幅度超过 $4 %，最近一次 $5 %'],
    [/^inlet (.+) °C, supply air (.+) °C: (.+) K more between them than usual \(limit (.+) K\)$/, '进风 $1 °C，送风 $2 °C：温差较平常 $3 K（限值 $4 K）'],
    [/^inlet (.+) °C, supply air (.+) °C: outside the recommended (.+) to (.+) °C$/, '进风 $1 °C，送风 $2 °C：超出推荐范围 $3–$4 °C'],
    [/^supply (.+) °C, set point (.+) °C, compressor at (.+) %(?:, free cooling (.+) %)?$/, '供水 $1 °C，设定值 $2 °C，压缩机 $3 %'],
    [/^compressor at (.+) % for (.+) kW, (.+) % of it free cooling: (.+) % heat a percent against (usual|usual or nameplate)$/, '压缩机 $1 % 带走 $2 kW（自然冷却 $3 %）：单位出力制冷量较平常 $4 %'],
    [/^supply (.+) °C, (.+) K against usual$/, '供液 $1 °C，较平常 $2 K'],
    [/^facility water (.+) °C$/, '一次侧供水 $1 °C'],
    [/^return (.+) °C is colder than supply (.+) °C at (.+) L\/min$/, '流量 $3 L/min 时回液 $1 °C 低于供液 $2 °C'],
    [/^the machine says (.+) kW, its flow and temperatures give (.+) kW \((.+) % against usual\)$/, '设备自报 $1 kW，按流量与温差为 $2 kW（较平常 $3 %）'],
    [/^(.+) is (.+), ([+-−].+) from its level (.+) \(it strays (.+)\), since (.+)$/, '$1 为 $2，偏离水平 $4 达 $3（平常波动 $5），自 $6 起'],
    [/^learnt from (.+)$/, '学习自 $1'],
    [/^also (.+)$/, '同时：$1'],
    [/^(.+) has read (.+) for (\d+) readings \((.+)\), since (.+)$/, '$1 连续 $3 次读数为 $2（$4），自 $5 起'],
    [/^while sound it stood still for (.+) at most and moved from one reading to the next in (.+)$/, '正常时最长静止 $1，相邻读数有变化的占 $2'],
    [/^(.+) reads exactly (.+), far from the (.+) to (.+) that it read while sound$/, '$1 读数恰为 $2，远离正常范围 $3–$4'],
    [/^(\d+) such readings so far, this time since (.+)$/, '迄今此类读数 $1 次，本次自 $2 起'],
    [/^(.+) is (.+) where this operating point had (.+) while sound \((.+)\), since (.+)$/, '$1 为 $2，正常时该工况为 $3（$4），自 $5 起'],
    [/^fluid (.+) °C, limit (.+) °C$/, '槽液 $1 °C，限值 $2 °C'],
    [/^vapour (.+) °C, (.+) K against usual$/, '蒸汽 $1 °C，较平常 $2 K'],
  ],
};

/** Names of the causes that detectors give, where an alarm's text carries them. */
const causes: Record<Exclude<Language, 'en'>, Record<string, string>> = {
  'zh-CN': {
    pump_trip: '水泵跳停', all_pumps_lost: '全部水泵停运', flow_lost: '流量丧失', redundancy_lost: '失去冗余', fouling: '换热器结垢', filter_clog: '过滤器堵塞', plate_clog: '冷板堵塞',
    pump_wear: '水泵磨损', air_in_loop: '回路进气', valve_stuck: '阀门卡死', hunting: '调节振荡', leak: '泄漏', bypass: '旁通', overflow: '流量过大', low_flow: '流量不足', coolant_quality: '冷却液水质',
    flow_sensor_secondary: '二次侧流量计', flow_sensor_primary: '一次侧流量计', temperature_sensor: '温度传感器', level_sensor: '液位传感器', sensors_swapped: '传感器接反', 'frozen sensor': '传感器冻结',
    claim_contradicted: '自报热量不符', chiller_trip: '冷机跳停', chiller_capacity: '冷机能力下降', condensation: '凝露风险', crac_fighting: '空调相互对抗', recirculation: '热回流', inlet_temperature: '进风温度',
    unexplained: '原因不明', tank_level_low: '槽液位低', low_primary_flow: '一次侧流量低', high_primary_flow: '一次侧流量高', facility_water_warm: '一次侧供水偏热', facility_water_cold: '一次侧供水偏冷', warming: '正在升温',
    'sensor drop-out': '传感器掉线', 'sensor fault': '传感器故障', 'supply and return swapped': '供回接反', 'condenser fouling': '冷凝器结垢', 'efficiency lost': '效率下降', 'condenser water flow low': '冷凝水流量低',
    it_power: 'IT 功率计', valve_curve: '阀门特性', level_shift: '水平偏移',
  },
};

export function evidenceText(language: Language, evidence: string): string {
  return language === 'en' ? evidence : evidence.split('; ').map((clause) => clauseText(language, clause)).join('；');
}

/** "pump_trip (pumps)" of a detector, in words; null when it is nothing of the kind. */
export function anomalyText(language: Language, text: string): string | null {
  const match = language === 'en' ? null : /^(.+?) \(([^()]+)\)$/.exec(text);
  const cause = match ? causes[language as Exclude<Language, 'en'>][match[1]!] : undefined;
  return cause ? `${cause}（${match![2]}）` : null;
}

function clauseText(language: Exclude<Language, 'en'>, clause: string): string {
  for (const [form, translation] of clauses[language]) {
    const match = form.exec(clause);
    if (match) {
      return translation.replace(/\$(\d)/g, (_, n: string) => wordOf(match[Number(n)] ?? ''));
    }
  }
  return clause;
}

function wordOf(text: string): string {
  return text === 'up' ? '升高' : text === 'down' ? '降低' : text;
}
