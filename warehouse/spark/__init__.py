"""The same warehouse built on Apache Spark: documents read in tasks, the same models, tables as Parquet.

`build` does the whole of it, `reading` the documents, `models` the SQL that `transpile` translates and `lint` keeps
portable, `session` opens Spark. pyspark is imported by functions only: the extra `spark` may be absent.
"""
