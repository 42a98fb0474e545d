"""Work orders (工单): what a department is asked to do, after a call or without one."""
