"""Words by which people call columns, by the part that such a column plays."""

import re
from unicodedata import combining, normalize

TIME = {
    "time", "ts", "timestamp", "date", "datetime", "at", "on", "created", "scored", "served",
    "predicted", "when", "day", "event", "logged", "submitted", "requested", "zeit", "datum",
    "zeitpunkt", "uhrzeit", "epoch", "ms", "moment", "applied", "opened",
}  # fmt: skip
LATER = {
    "observed", "updated", "closed", "resolved", "paid", "due", "birth", "dob", "outcome", "label",
    "labelled", "labeled", "modified", "expires", "expiry", "end", "ended", "loaded", "ingested",
    "chargeback", "reported", "feedback", "confirmed", "decided", "repaid", "cancelled", "canceled",
}  # fmt: skip
OUTCOME = {
    "outcome", "label", "target", "y", "result", "class", "churned", "churn", "fraud",
    "fraudulent", "default", "defaulted", "clicked", "click", "converted", "conversion", "solved",
    "correct", "passed", "won", "win", "paid", "repaid", "response", "responded", "chargeback",
    "bad", "good", "spam", "actual", "truth", "left", "cancelled", "returned", "diagnosis",
    "malignant", "positive", "success", "delinquent", "purchased", "bought", "betrug", "ergebnis",
    "gekauft", "geloest", "zahlungsausfall", "ausfall", "kaputt", "failed",
}  # fmt: skip
SCORE = {
    "score", "prob", "probability", "proba", "pred", "prediction", "predicted", "risk",
    "likelihood", "propensity", "confidence", "forecast", "logit", "logits", "yhat", "phat",
    "p", "pd", "rank", "rating", "estimate", "wahrscheinlichkeit", "punkte", "vorhersage", "risiko",
    "pctr", "pcvr", "ctr", "scorecard", "model",
}  # fmt: skip
SYSTEM = {
    "system", "model", "engine", "scorer", "algorithm", "algo", "ranker", "provider", "variant",
    "champion", "challenger", "estimator", "rated", "vendor", "modell", "pipeline", "policy",
    "regelwerk", "ruleset", "verfahren",
}  # fmt: skip
ITEM = {
    "item", "exercise", "question", "product", "sku", "article", "ad", "creative", "campaign",
    "merchant", "course", "assessment", "asset", "movie", "listing", "game", "seller", "shop",
    "store", "task", "branch", "offer", "artikel", "aufgabe", "haendler", "film", "song", "hotel",
}  # fmt: skip
CLUSTER = {
    "user", "customer", "client", "student", "account", "patient", "member", "card", "cardholder",
    "device", "session", "borrower", "applicant", "visitor", "household", "person", "subscriber",
    "player", "policyholder", "learner", "kunde", "kunden", "nutzer", "patienten", "debtor", "usr",
    "shopper", "buyer", "consumer", "guest", "passenger", "driver", "pupil", "schueler", "owner",
    "employee", "tenant", "holder", "email", "iban", "msisdn", "participant", "respondent",
}  # fmt: skip
ID = {"id", "ids", "uuid", "guid", "key", "hash", "number", "nr", "no", "num", "code", "index"}
POSITIVE = {
    "fraud", "fraudulent", "bad", "default", "defaulted", "churn", "churned", "left", "clicked",
    "click", "converted", "won", "win", "pass", "passed", "correct", "solved", "malignant",
    "positive", "success", "spam", "returned", "chargeback", "purchased", "bought", "paid", "hit",
    "anomaly", "sick", "betrug", "ja", "yes", "true", "failed", "delinquent", "cancelled", "pos",
    "charged", "unpaid", "canceled", "refunded", "died",
}  # fmt: skip
"""Values of outcomes that people count."""


def words(name: str) -> list[str]:
    """The words of a column's name, in small letters: ``isFraud``, ``is_fraud``: is, fraud."""
    split = re.sub(r"([a-z0-9])([A-Z])", r"\1 \2", name)
    plain = split.lower().replace("ä", "ae").replace("ö", "oe").replace("ü", "ue")
    # Of other letters the marks go: é is e.
    plain = "".join(c for c in normalize("NFKD", plain.replace("ß", "ss")) if not combining(c))
    return [word for word in re.split(r"[^a-z0-9]+", plain) if word]


def called(name: str, of: set[str]) -> bool:
    """Whether a word of `name` is one of these; also one with a digit or a plural's s."""
    return any(word.rstrip("0123456789") in of or word.rstrip("s") in of for word in words(name))
