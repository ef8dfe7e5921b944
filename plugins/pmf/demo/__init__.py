"""The sample council at work: officers who type into real workbooks, and the months run through Airflow in order.

Nothing here goes around the product: figures reach the warehouse through xlsx files in the inbox and nowhere else.
"""
