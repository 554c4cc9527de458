"""How does Airflow run a night? Tasks, their order, a DAG within this process, Airflow's own pages."""
