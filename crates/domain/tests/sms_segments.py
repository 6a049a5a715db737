#!/usr/bin/env python3
"""Writes sms_segments.tsv: what two libraries that others wrote count for ten thousand texts.

To run it in this folder, with ORACLE the path of an empty folder elsewhere:

    python3 -m venv $ORACLE && $ORACLE/bin/pip install smsutil==1.1.3
    npm install --prefix $ORACLE sms-segments-calculator@1.3.0
    NODE_PATH=$ORACLE/node_modules $ORACLE/bin/python sms_segments.py > sms_segments.tsv

The texts are not kept, but made again by the test from sms_segments_words.json, with the same generator as here. A line is

    <checksum of the text> <G or U> <units> <segments by smsutil> [<segments by sms-segments-calculator, where they differ>]

Where the libraries differ from each other or from 3GPP TS 23.038/23.040:
- sms-segments-calculator (by Twilio) never splits what is drawn as one: a family of emoji, a flag, a letter with its accents. The
  specifications know units alone, and it is usual to keep only the two units of one character together, as smsutil and we do. On 15 of
  these texts, all with such clusters, Twilio's count is another for that.
- smsutil takes the escape (U+001B) for a character of GSM-7 and counts no segment for an empty text; neither is among the texts.
"""

import json
import subprocess
import sys
import zlib
from pathlib import Path

import smsutil

TEXTS = 10_000
COUNT_BY_TWILIO = """
const { SegmentedMessage } = require('sms-segments-calculator');
const texts = JSON.parse(require('fs').readFileSync(0, 'utf8'));
console.log(JSON.stringify(texts.map((text) => new SegmentedMessage(text).segmentsCount)));
"""


class Numbers:
    """Knuth's linear congruential generator (MMIX); the upper bits are used."""

    def __init__(self):
        self.state = 20_261_203

    def below(self, bound):
        self.state = (self.state * 6364136223846793005 + 1442695040888963407) % 2**64
        return (self.state >> 33) % bound


def texts():
    """Words of one language with some of another; half of the texts from the first four lists, which are all GSM-7."""
    lists = json.loads(Path(__file__).with_name("sms_segments_words.json").read_text(encoding="utf-8"))
    numbers = Numbers()
    for _ in range(TEXTS):
        main = lists[numbers.below([4, len(lists)][numbers.below(2)])]
        spice = lists[numbers.below([4, len(lists)][numbers.below(2)])]
        one_in = [1_000_000, 30, 8, 2][numbers.below(4)]
        separator = [" ", "", ", ", "\n"][numbers.below(4)]
        chosen = []
        for _ in range(1 + numbers.below(90)):
            words = spice if numbers.below(one_in) == 0 else main
            chosen.append(words[numbers.below(len(words))])
        yield separator.join(chosen)


def main():
    made = list(texts())
    node = ["node", "-e", COUNT_BY_TWILIO]
    by_twilio = json.loads(subprocess.run(node, input=json.dumps(made), capture_output=True, text=True, check=True).stdout)
    for text, twilio in zip(made, by_twilio):
        split = smsutil.split(text)
        in_gsm7 = split.encoding == "gsm0338"
        units = split.total_bytes if in_gsm7 else split.total_bytes // 2
        row = [f"{zlib.crc32(text.encode()):08x}", "G" if in_gsm7 else "U", str(units), str(len(split.parts))]
        sys.stdout.write("\t".join(row + ([str(twilio)] if twilio != len(split.parts) else [])) + "\n")


if __name__ == "__main__":
    main()
