package io.procession.sample;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.multipart.MultipartException;
import org.springframework.web.servlet.mvc.method.annotation.ResponseEntityExceptionHandler;

import io.procession.process.ProcessException;
import io.procession.process.ProcessOutputLimitException;
import io.procession.process.ProcessRejectedException;
import io.procession.process.ProcessTimedOutException;

/**
 * Answers what went wrong as {@code application/problem+json}. The words for Spring's own
 * exceptions are in {@code messages.properties}.
 */
@RestControllerAdvice
class Problems extends ResponseEntityExceptionHandler {

	private static final Logger logger = LoggerFactory.getLogger(Problems.class);

	@ExceptionHandler
	ProblemDetail on(MultipartException exception) {
		return ProblemDetail.forStatusAndDetail(HttpStatus.BAD_REQUEST,
				"The form could not be read: send files with curl -F file=@name");
	}

	@ExceptionHandler
	ProblemDetail on(ProcessException exception) {
		if (exception instanceof ProcessOutputLimitException) {
			return ProblemDetail.forStatusAndDetail(HttpStatus.UNPROCESSABLE_CONTENT,
					"The lines are too long for an access log");
		}
		if (exception instanceof ProcessTimedOutException || exception instanceof ProcessRejectedException) {
			return ProblemDetail.forStatusAndDetail(HttpStatus.SERVICE_UNAVAILABLE,
					"The log desk is busy: try again later, or send less");
		}
		logger.error("Tool failed", exception);
		return ProblemDetail.forStatusAndDetail(HttpStatus.INTERNAL_SERVER_ERROR,
				"A tool of the log desk failed: see its log for details");
	}

}
