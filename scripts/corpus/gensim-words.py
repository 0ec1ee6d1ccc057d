"""Trains word vectors with gensim, for comparison. Prints JSON: training speed in words per second of processor time, and gensim's version.

    python3 gensim-words.py SENTENCES.txt OUT.bin '{"dimensions": 100, "window": 5, "negative": 5, "epochs": 5, ...}'

Each line is a sentence of words separated by spaces. OUT is in word2vec's binary format. Without arguments, prints only the version.
"""
import json
import sys
import time

import gensim
from gensim.models import word2vec

if len(sys.argv) < 4:
    print(json.dumps({"version": gensim.__version__, "fast": word2vec.FAST_VERSION}))
    sys.exit()
sentences, out, settings = sys.argv[1], sys.argv[2], json.loads(sys.argv[3])
model = word2vec.Word2Vec(
    vector_size=settings["dimensions"], window=settings["window"], sg=1, hs=0 if settings["negative"] else 1,
    negative=settings["negative"], min_count=1, sample=settings["subsample"], epochs=settings["epochs"],
    alpha=settings["rate"], min_alpha=0.0001, workers=settings["threads"], seed=settings["seed"],
)
model.build_vocab(corpus_file=sentences)
begun = time.process_time()
model.train(corpus_file=sentences, total_words=model.corpus_total_words, total_examples=model.corpus_count, epochs=settings["epochs"])
seconds = time.process_time() - begun
model.wv.save_word2vec_format(out, binary=True)
print(json.dumps({
    "version": gensim.__version__, "fast": word2vec.FAST_VERSION, "seconds": seconds,
    "wordsPerSecond": model.corpus_total_words * settings["epochs"] / seconds,
}))
