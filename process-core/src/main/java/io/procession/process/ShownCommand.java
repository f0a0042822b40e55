package io.procession.process;

import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * A command that is serialized only as it may be shown. <i>Immutable.</i>
 */
final class ShownCommand implements Serializable {

	private static final long serialVersionUID = 1L;

	private transient Command command;

	ShownCommand(Command command) {
		this.command = command;
	}

	Command get() {
		return this.command;
	}

	private void writeObject(ObjectOutputStream out) throws IOException {
		out.defaultWriteObject();
		out.writeObject(new ArrayList<>(this.command.shownArguments()));
	}

	private void readObject(ObjectInputStream in) throws IOException, ClassNotFoundException {
		in.defaultReadObject();
		List<String> arguments = new ArrayList<>();
		((Collection<?>) in.readObject()).forEach((argument) -> arguments.add((String) argument));
		this.command = Command.of(arguments);
	}

}
