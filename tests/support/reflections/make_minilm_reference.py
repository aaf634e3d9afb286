"""Makes what our own forward pass is compared with, by the libraries that the models were published for.

    pip install torch transformers tokenizers safetensors sentence-transformers
    python make_minilm_reference.py FOLDER-OF-all-MiniLM-L6-v2

Writes beside itself tiny_bert/ (a random model of two layers, with its answers in reference.json) and
minilm_reference.json (the answers of the real one, whose weights are too large to keep here).
Not part of the tests: they read what it wrote, and need none of these libraries.
"""

from __future__ import annotations

import base64
import json
import string
import sys
from pathlib import Path

HERE = Path(__file__).parent

LONG = (
    "On Monday the principal read the attendance figures and saw that the later start had cost more than it "
    "brought. She asked two teachers, one parent and the bus driver what they had noticed since August. "
)
TEXTS = [
    "",
    " ",
    "Yes.",
    "The principal reads the report.",
    "I would keep the rota, because Exhibit 2 shows that late arrivals fell from 14 % to 9 %.",
    "Next week I will ask three parents what the earlier bus means for them, and write down what they say.",
    "Looking back, I was wrong: I took the average for the whole story, and the median told another one.",
    "WHY DID NOBODY ASK THE NURSES?!",
    "naïve café — Übergrößenträger, señor, Ångström, Žižek, œuvre",
    "Die Schulleiterin würde den Dienstplan ändern, weil die Zahlen im September gestiegen sind.",
    "La directrice devrait écouter les parents avant de décider quoi que ce soit.",
    "校長は報告書を読み、来週もう一度話し合うことにした。",
    "校长读了报告，决定下周再讨论一次。",
    "Директор прочитала отчёт и решила поговорить с родителями.",
    "قرأت المديرة التقرير وقررت أن تتحدث مع الأهالي.",
    "המנהלת קראה את הדוח והחליטה לדבר עם ההורים.",
    "ผู้อำนวยการอ่านรายงานแล้ว",
    "Great idea 😀👩‍🏫🇦🇹 — let us try it 👍🏽!",
    "asdf jkl; qwer uiop zxcv asdf jkl; qwer",
    "x" * 150 + " " + "pneumonoultramicroscopicsilicovolcanoconiosis",
    "zero\u200bwidth soft\u00adhyphen tab\tnew\nline\r\nnul\x00 bell\x07 bad\ufffd",
    LONG * 2,
    LONG * 12,
]
"""Short and long, of several languages and scripts, with what cannot be seen; the last one is cut at 256."""

PIECES = [
    "The cat can't sit on the mat, can it?",
    "unhappily unhappy happily ly",
    "e\u0301cole école ECOLE ÉCOLE",
    "İstanbul ISPARTA ıspanak",
    "ΣΊΣΥΦΟΣ σίσυφος ς",
    "straße STRASSE ẞ",
    "ﬁne ﬀ Ⅷ ½ ²",
    "a\u0300\u0301\u0302b",
    "東京tower五 㐀 𠀀 豈",
    "カタカナ ひらがな 한국어",
    "a.b,c;d:e!f?g'h\"i(j)k[l]m{n}o",
    "$5 + 3 = 8 ^ ~ ` | < > @ # % & * _ - / \\",
    "… – — “quoted” ‘single’ «guillemets» ¿qué? ¡sí!",
    "€ £ ¥ © ™ ° ± × ÷",
    "a\tb\nc\rd\x0be\x0cf\x85g\u2028h\u2029i\u3000j\u00a0k",
    "a\x00b\x01c\x7fd\x9fe\u200bf\u200cg\u200dh\ufeffi\u2060j\u00adk\ufffdl",
    "\u202eabc\u202c \u2066abc\u2069",
    "😀 👍🏽 👩‍🏫 🇦🇹 ☃ ♥",
    "مرحبا بالعالم",
    "שָׁלוֹם עולם",
    "हिन्दी ไทย",
    "x" * 100,
    "x" * 101,
    "cat" * 33,
    "cat" * 34,
    "zzzcat catzzz",
    "   many   spaces   ",
    "\n\n\n",
    "the-cat--the---mat",
    "cat " * 200,
    "Ĳ ĳ Ǆ ǆ ŉ ΐ ﬓ",
    "\ue000private \U000f0000use",
    "q\u0323\u0307 ộ Ộ",
]


def main(folder: Path) -> None:
    tiny()
    real(folder)


def vocabulary() -> list[str]:
    marks = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    letters = [*string.ascii_lowercase, *string.digits, *"αισυφςß東京五カ한мירשم²½"]
    words = ["the", "cat", "sit", "on", "mat", "can", "it", "un", "happy", "ecole", "tower", "fi"]
    parts = [
        "##ly",
        "##i",
        "##cat",
        "##happ",
        "##x",
        "##t",
        "##s",
        *(f"##{c}" for c in string.ascii_lowercase),
    ]
    return list(dict.fromkeys([*marks, *letters, *words, *parts, *".,;:!?'\"()-“”—…$%+=😀♥"]))


def tiny() -> None:
    import torch
    from safetensors.torch import save_file
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
    from transformers import BertConfig, BertModel

    place = HERE / "tiny_bert"
    place.mkdir(exist_ok=True)
    vocab = {piece: number for number, piece in enumerate(vocabulary())}
    tokenizer = Tokenizer(models.WordPiece(vocab, unk_token="[UNK]", max_input_chars_per_word=100))
    tokenizer.normalizer = normalizers.BertNormalizer(
        clean_text=True, handle_chinese_chars=True, strip_accents=None, lowercase=True
    )
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", vocab["[CLS]"]), ("[SEP]", vocab["[SEP]"])]
    )
    tokenizer.save(str(place / "tokenizer.json"), pretty=False)

    sizes = {
        "hidden_size": 32,
        "intermediate_size": 64,
        "max_position_embeddings": 64,
        "num_attention_heads": 4,
        "num_hidden_layers": 2,
        "type_vocab_size": 2,
        "vocab_size": len(vocab),
        "hidden_act": "gelu",
        "layer_norm_eps": 1e-12,
    }
    torch.manual_seed(20261127)
    model = BertModel(BertConfig(**sizes), add_pooling_layer=False).eval()
    kept = {}
    with torch.no_grad():
        for name, value in model.state_dict().items():
            if not value.is_floating_point():
                continue
            # Larger than a fresh model's, so that no layer is lost in the noise. Matrices are kept in 16 bits.
            value.copy_(torch.randn_like(value) * 0.35 + ("LayerNorm.weight" in name))
            if value.ndim == 2:
                value.copy_(value.half().float())
            kept[name] = value.half() if value.ndim == 2 else value.clone()
    save_file(kept, str(place / "model.safetensors"), metadata={"format": "pt"})
    told = {"model_type": "bert", "position_embedding_type": "absolute", **sizes}
    (place / "config.json").write_text(json.dumps(told, indent=1) + "\n")

    cases = []
    for text in [*PIECES, *TEXTS]:
        ids = tokenizer.encode(text).ids
        cut = ids if len(ids) <= 64 else [*ids[:63], vocab["[SEP]"]]
        with torch.no_grad():
            state = model(torch.tensor([cut])).last_hidden_state[0]
            vector = torch.nn.functional.normalize(state.mean(0), dim=0)
        cases.append({"text": text, "ids": cut, "vector": packed(vector)})
    write(place / "reference.json", {"made_with": versions(), "cases": cases})


def real(folder: Path) -> None:
    import hashlib

    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(folder), device="cpu")
    assert model.max_seq_length == 256
    cases = []
    for text in TEXTS:
        vector = model.encode([text], normalize_embeddings=True, convert_to_tensor=True)[0]
        ids = model.tokenizer(text, truncation=True, max_length=256)["input_ids"]
        cases.append({"text": text, "ids": ids, "vector": packed(vector)})
    digest = hashlib.sha256((folder / "model.safetensors").read_bytes()).hexdigest()
    write(HERE / "minilm_reference.json", {"made_with": versions(), "weights": digest, "cases": cases})


def packed(vector: object) -> str:
    """32-bit floats, little-endian, in base 64."""
    return base64.b64encode(vector.float().numpy().astype("<f4").tobytes()).decode()  # type: ignore[attr-defined]


def versions() -> dict[str, str]:
    from importlib.metadata import version

    return {p: version(p) for p in ("torch", "transformers", "tokenizers", "sentence-transformers")}


def write(path: Path, value: dict[str, object]) -> None:
    lines = json.dumps(value["cases"], ensure_ascii=True).replace('}, {"text"', '},\n{"text"')
    head = json.dumps({k: v for k, v in value.items() if k != "cases"})[:-1]
    path.write_text(f'{head}, "cases":\n{lines}}}\n')


if __name__ == "__main__":
    main(Path(sys.argv[1]))
