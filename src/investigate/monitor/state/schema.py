"""The tables of a state. Counts are by part of the log, so that a part can be counted anew."""

VERSION = 1
"""Changes with every change of the tables."""

TABLES = """
CREATE TABLE about (version INTEGER, settings VARCHAR);
CREATE TABLE parts (part UINTEGER, name VARCHAR, version VARCHAR, rows UBIGINT, untimed UBIGINT);
CREATE TABLE streams (stream USMALLINT, "by" VARCHAR, label VARCHAR);
CREATE TABLE edges (version UINTEGER, edges DOUBLE[]);
CREATE TABLE buckets (start TIMESTAMP, edges_version UINTEGER);
CREATE TABLE cells (part UINTEGER, start TIMESTAMP, stream USMALLINT, bin USMALLINT,
    positives UINTEGER, negatives UINTEGER, off UINTEGER);
CREATE TABLE facts (part UINTEGER, start TIMESTAMP, stream USMALLINT,
    rows UINTEGER, unscored UINTEGER, pending UINTEGER, unusable UINTEGER);
CREATE TABLE dependence (part UINTEGER, start TIMESTAMP, stream USMALLINT, ratio FLOAT);
CREATE TABLE daily (start TIMESTAMP, stream USMALLINT, rows UBIGINT, positives UBIGINT,
    negatives UBIGINT, unscored UBIGINT, pending UBIGINT, unusable UBIGINT,
    auc DOUBLE, bound DOUBLE, ratio DOUBLE);
CREATE TABLE judged (start TIMESTAMP, rows UBIGINT, pending UBIGINT);
CREATE TABLE alerts (number UINTEGER, alert VARCHAR);
"""
"""Times are moments in UTC without saying so. No keys: with them the engine could not replace
a row within one transaction.

cells, facts and dependence: as the log's room counts them, by stream. buckets: the edges that
each bucket's bins have. daily: made of these three, for every bucket and stream, of all parts.
"""
