//! Hostile texts: what drives, confuses or floods a terminal, each kind in several dresses. Judges nothing:
//! `stream.rs` knows, from a table of its own, what must not come through.

/// One hostile text. Its marker stands on both sides, so that a part of it can be recognised.
#[derive(Clone, Debug)]
pub(crate) struct Hostile {
    /// The text, where it is one: a lone surrogate is none.
    pub(crate) text: Option<String>,
    /// The text within quotes of JSON, with every character but ASCII's printable ones escaped.
    pub(crate) escaped: String,
    /// The text within quotes of JSON, with only those characters escaped that must be.
    pub(crate) bare: String,
}

/// What a forged line begins with: no line of an output may.
pub(crate) const FORGED: &str = "FORGED";

/// The whole corpus, in an order that does not change.
pub(crate) fn hostile() -> Vec<Hostile> {
    let texts = [sequences(), strings_to_terminals(), singles(), characters(), floods(), forgeries()].concat();
    let mut all: Vec<Hostile> = texts.iter().enumerate().map(|(at, text)| Hostile::new(at, text)).collect();
    all.extend(["\\ud800", "\\udfff", "\\udc00\\ud800", "\\uD83D x", "\\udbff\\u001b[6n"].map(Hostile::surrogate));
    all
}

/// A text of two megabytes with 5,000 marks on one letter, and a sequence at its start and its end.
pub(crate) fn endless() -> String {
    let marks = "\u{301}".repeat(5000);
    format!("\u{1b}]52;c;aGk=\u{7}z{marks}{}\u{9b}6n", "2MB\u{301}".repeat((2 << 20) / 5))
}

impl Hostile {
    fn new(at: usize, payload: &str) -> Self {
        let text = format!("h{at}{payload}{at}h");
        Self { escaped: escaped(&text, |c| !(' '..='~').contains(&c)), bare: bare(&text), text: Some(text) }
    }

    fn surrogate(raw: &str) -> Self {
        let raw = format!("hs{raw}sh");
        Self { text: None, escaped: raw.clone(), bare: raw }
    }

    /// The text, cut to what a name of a file can hold; `None` where it cannot be a name.
    pub(crate) fn file_name(&self) -> Option<String> {
        let text = self.text.as_deref()?.replace(['/', '\0'], "");
        let end = (0..=200.min(text.len())).rev().find(|at| text.is_char_boundary(*at))?;
        Some(text[..end].to_owned())
    }
}

/// `text` as JSON writes it within quotes, with the least escaping that JSON allows.
pub(crate) fn bare(text: &str) -> String {
    escaped(text, |c| c < ' ')
}

fn escaped(text: &str, needs: impl Fn(char) -> bool) -> String {
    let one = |c: char| match c {
        '"' | '\\' => format!("\\{c}"),
        c if needs(c) => c.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04x}")).collect(),
        c => c.to_string(),
    };
    text.chars().map(one).collect()
}

/// CSI and plain escapes: reports, modes, moves, erasing, paint.
fn sequences() -> Vec<String> {
    let csi = "6n 5n c >c =c 21t 20t 18t 14t 8;1;1t 3J 1J 2J 1K 999;999H 99A 99B 10T 5S 4h 20h ?3h ?5h ?47h ?1047h \
               ?1049h ?1049l ?1003h ?1000l ?9h ?2004l ?2026h ?25l ?1004h !p 2\"q 5\u{20}q 1;1r s u >4;2m >1u <u \
               38;2;6;6;6m 8m 5;6m 0;41;97m 2L 5M 9P 9@ 9X 0i 5i ?15n ?6n 200~ 201~ 1;2 ? > \u{20}@";
    let escapes = "c 7 8 D E H M N O Z = > #8 (0 )B %G %@ n o | l \u{1b}";
    let both = |text: &str, before: &str| -> Vec<String> { text.split(' ').map(|t| format!("{before}{t}")).collect() };
    let long = format!("\u{1b}[{}m", "1;".repeat(100));
    [both(csi, "\u{1b}["), both(escapes, "\u{1b}"), vec!["\u{9b}31;5m".to_owned(), "\u{9b}6n".to_owned(), long]]
        .concat()
}

/// OSC, DCS, APC, PM and SOS with each of their ends.
fn strings_to_terminals() -> Vec<String> {
    let osc = "0;title 2;title 1;icon 4;1;? 7;file:///etc 8;;https://evil.example 9;note 10;? 11;? 12;? 50;? \
               52;c;aGk= 52;c;? 104 110 133;A 777;notify;a;b 1337;File=inline=1:AAAA 1337;ReportCellSize 6;x";
    let ends = ["\u{7}", "\u{1b}\\", "\u{9c}"];
    let mut all: Vec<String> = Vec::new();
    for (at, body) in osc.split_whitespace().enumerate() {
        all.push(format!("\u{1b}]{body}{}", ends[at % 3]));
        all.push(format!("\u{9d}{body}{}", ends[(at + 1) % 3]));
    }
    let dcs = ["P$q\"p", "Pq#0;2;0;0;0#0~~", "P+q544e", "Ptmux;\u{1b}\u{1b}]52;c;aGk=\u{7}", "P1$tx", "P=1s"];
    let others = ["_Gf=24;AAAA", "^private", "Xstart"];
    all.extend(dcs.iter().chain(&others).map(|body| format!("\u{1b}{body}\u{1b}\\")));
    all.extend(["\u{90}q\u{9c}", "\u{9f}Gf=24;AAAA\u{9c}", "\u{9e}pm\u{9c}", "\u{98}sos\u{9c}"].map(String::from));
    // Unfinished: what follows on the screen would become their body.
    all.extend(["\u{1b}", "\u{1b}[", "\u{1b}]0;", "\u{1b}P", "\u{1b}_", "\u{9b}", "\u{9d}"].map(String::from));
    all
}

/// Every C0 and C1 character and DEL, alone.
fn singles() -> Vec<String> {
    ('\0'..='\u{1f}').chain('\u{7f}'..='\u{9f}').map(String::from).collect()
}

/// Characters that turn the direction, that nobody sees, or that mean nothing.
fn characters() -> Vec<String> {
    let ranges = [
        ('\u{202a}', '\u{202e}'),
        ('\u{2066}', '\u{2069}'),
        ('\u{200b}', '\u{200f}'),
        ('\u{2060}', '\u{2064}'),
        ('\u{206a}', '\u{206f}'),
        ('\u{2028}', '\u{2029}'),
        ('\u{fff9}', '\u{fffb}'),
        ('\u{fe0e}', '\u{fe0f}'),
        ('\u{180b}', '\u{180e}'),
        ('\u{fdd0}', '\u{fdd1}'),
        ('\u{1d173}', '\u{1d174}'),
        ('\u{1bca0}', '\u{1bca1}'),
        ('\u{13430}', '\u{13431}'),
    ];
    let alone = "\u{ad}\u{34f}\u{61c}\u{115f}\u{1160}\u{17b4}\u{17b5}\u{3164}\u{feff}\u{ffa0}\u{fe00}\u{e0100}\u{e01ef}\
                 \u{e0001}\u{e0020}\u{e0041}\u{e007f}\u{e000}\u{f8ff}\u{e0a0}\u{f0000}\u{10fffd}\u{fdef}\u{fffe}\u{ffff}\
                 \u{1fffe}\u{10ffff}\u{fffd}\u{2800}\u{3000}\u{a0}";
    let in_ranges = ranges.into_iter().flat_map(|(first, last)| first..=last);
    let mut all: Vec<String> = in_ranges.chain(alone.chars()).map(|c| format!("a{c}b")).collect();
    all.push("pay\u{202e}fdp.exe\u{202c}".to_owned());
    all.push("hello".chars().filter_map(|c| char::from_u32(0xe0000 + u32::from(c))).collect());
    all
}

/// Stacks of marks, and graphemes whose width terminals dispute.
fn floods() -> Vec<String> {
    let marks = |mark: char| format!("z{}", mark.to_string().repeat(64));
    let mut all = ['\u{301}', '\u{20dd}', '\u{e47}', '\u{fbb}', '\u{1ab0}', '\u{302a}'].map(marks).to_vec();
    let wide = [
        "\u{1f468}\u{200d}\u{1f469}\u{200d}\u{1f467}\u{200d}\u{1f466}",
        "\u{1f3f4}\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}",
        "1\u{fe0f}\u{20e3}",
        "\u{1f1e9}\u{1f1ea}\u{1f1e9}",
        "\u{1f44d}\u{1f3ff}",
        "\u{a7}\u{b1}\u{2026}\u{25a0}",
        "\u{ff21}\u{ff22}",
        "\u{1100}\u{1161}\u{11a8}",
        "\u{1100}\u{1100}\u{1161}\u{1161}\u{11a8}\u{11a8}",
        "\u{915}\u{94d}\u{937}\u{93f}",
        "\u{fdfd}\u{12031}",
        "\u{5d0}\u{5d1} abc \u{627}\u{628}",
    ];
    all.extend(wide.map(String::from));
    all
}

/// What would look like an answer of ours, or be taken for a command, a format or a path.
fn forgeries() -> Vec<String> {
    let lines = [
        format!("\n{FORGED}: done\n"),
        format!("\r{FORGED}: done"),
        format!("\r\n{FORGED}\r\n\r\n"),
        format!("\u{b}{FORGED}\u{c}{FORGED}"),
        format!("\u{85}{FORGED}"),
        format!("\u{2028}{FORGED}"),
        format!("\u{8}\u{8}\u{8}\u{8}{FORGED}"),
    ];
    let tab = format!("\t{FORGED}\t");
    let words = [&tab, "%s%n%x", "{0}{}", "$(id)`id`", "../../etc/passwd", "--yes", "<script>", "'\";--", "\\e[31m"];
    lines.into_iter().chain(words.map(String::from)).collect()
}
