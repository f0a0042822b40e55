package io.procession.spring.actuate;

import java.util.List;

import org.jspecify.annotations.Nullable;
import org.springframework.aot.hint.annotation.RegisterReflectionForBinding;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.boot.actuate.endpoint.web.annotation.EndpointWebExtension;

import io.procession.spring.actuate.ProcessesEndpoint.Action;
import io.procession.supervision.ProgramStatus;

/**
 * {@link EndpointWebExtension @EndpointWebExtension} of the {@link ProcessesEndpoint},
 * which responds to unknown names and actions with status codes. <i>Thread-safe.</i>
 */
@EndpointWebExtension(endpoint = ProcessesEndpoint.class)
public final class ProcessesEndpointWebExtension {

	private final ProcessesEndpoint endpoint;

	/**
	 * Create an extension.
	 * @param endpoint the endpoint to extend
	 */
	public ProcessesEndpointWebExtension(ProcessesEndpoint endpoint) {
		this.endpoint = endpoint;
	}

	/**
	 * Start, stop or restart a program, without waiting for it.
	 * @param name name of the program
	 * @param action {@code start}, {@code stop} or {@code restart}, as in
	 * {@link ProcessesEndpoint#change(String, String)}
	 * @return the current status of the program; 404 if there is no such program, 400
	 * with the available actions if there is no such action
	 */
	@WriteOperation
	@RegisterReflectionForBinding({ ProgramStatus.class, UnknownActionDescriptor.class })
	public WebEndpointResponse<Object> change(@Selector String name, @Nullable String action) {
		if (this.endpoint.program(name) == null) {
			return new WebEndpointResponse<>(WebEndpointResponse.STATUS_NOT_FOUND);
		}
		if (Action.of(action) == null) {
			return new WebEndpointResponse<>(
					new UnknownActionDescriptor("Unknown action: set 'action' to one of 'actions'", Action.names()),
					WebEndpointResponse.STATUS_BAD_REQUEST);
		}
		return new WebEndpointResponse<>(this.endpoint.change(name, action));
	}

	/**
	 * Description of the error if an action is unknown.
	 *
	 * @param message description of the error
	 * @param actions the available actions
	 */
	public record UnknownActionDescriptor(String message, List<String> actions) {

	}

}
